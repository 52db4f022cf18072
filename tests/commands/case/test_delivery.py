"""``stillwatch case deliver`` as a user types it."""


def test_the_outbox_is_sent_from_the_command_line_too(run):
    assert run("case", "deliver").stdout == "Nothing is due.\n"
    assert run("case", "deliver", "--json").stdout.strip() == "{}"
