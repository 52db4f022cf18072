import pytest

from stillwatch.commands.entry.plain_text import plain


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("acct_7", "acct_7"),
        ("red \x1b[31mtext\x1b[0m", "red \\x1b[31mtext\\x1b[0m"),
        ("title\x07\x9b2J", "title\\x07\\x9b2J"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("over\rwritten\x08", "over\\x0dwritten\\x08"),
        ("turned \u202e around", "turned \\u202e around"),
        ("\u2066a\u2069 \ufeff", "\\u2066a\\u2069 \\ufeff"),
        ("lone \ud800", "lone \\ud800"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("two\nlines\tand \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "two\nlines\tand \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("naïve 👩\u200d💻", "naïve 👩\u200d💻"),
        ("[bold]x[/] \u6f22 \U0001f600", "[bold]x[/] \u6f22 \U0001f600"),
    ],
)  # fmt: skip
def test_what_a_terminal_would_obey_is_spelled_out(text, told):
    assert plain(text) == told
