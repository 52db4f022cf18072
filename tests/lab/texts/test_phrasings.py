import re

from stillwatch.lab.texts.phrasings import (
    CONSTRAINTS,
    CONTEXTS,
    FOLLOW_UPS,
    NAMES,
    SMALL_TALK,
    SNIPPETS,
    STYLES,
    split_list,
)


def test_split_list_ignores_line_ends() -> None:
    assert split_list("\n    a b|c|\n    d\n    ") == ("a b", "c", "d")


def test_the_bit_fields_hold_every_phrase() -> None:
    assert len(CONTEXTS) <= 4096
    assert len(CONSTRAINTS) <= 512
    assert max(len(style) for style in STYLES.values()) <= 256
    assert len(set(SNIPPETS)) == len(SNIPPETS) > 300
    assert len(set(NAMES)) == len(NAMES)
    assert "continue" in SMALL_TALK


def test_slots_are_known() -> None:
    for text in (*FOLLOW_UPS, *(pattern for style in STYLES.values() for pattern in style)):
        assert set(re.findall(r"\{(.*?)\}", text)) <= set("sabcknpx"), text
