"""Labels real prompts with capabilities, by source, by topic or by hand, and splits them into halves.

Texts are split by their hash. Templated sets (T0) are split by template, so the templates of the test half are new to a
classifier that was trained on the other half. ``HAND_LABELLED`` prompts are in neither half.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

__all__ = ["Labelled", "read", "word_set"]

PER_GROUP = {"train": 2000, "test": 300}
T0_PER_GROUP = {"train": 250, "test": 30}


def word_set(text: str) -> frozenset[str]:
    """Return the words of *text*."""
    return frozenset(text.split())


SMALL_TALK = word_set(
    """
    greeting goodbye thank_you yes no maybe tell_joke are_you_a_bot how_old_are_you
    what_are_your_hobbies who_made_you what_is_your_name where_are_you_from who_do_you_work_for
    do_you_have_pets meaning_of_life fun_fact
    """
)
T0_RULES = (
    (
        re.compile(
            r"generate_story|spice_up|expand_reverse|write_an_article|reverse_writing"
            r"|match_this_summary|its_sentence|build_story|generate_question|generate_review|Jeopardy"
            r"|Generate_Question|Generate_the_question|generate_(first|last)|formulate"
            r"|generate_(object|subject)|wiki_bio_(who|guess|comprehension)|title_generation"
            r"|Guess_Title|exercise"
        ),
        "",
    ),
    (
        re.compile(r"cnn_|gigaword|multi_news|samsum|xsum|mrpc_generate|paraphrase_task"),
        "rewriting",
    ),
    (
        re.compile(
            r"mrpc|qqp|paws|ag_news|dbpedia|trec|amazon|imdb|rotten|yelp|app_reviews|wiki_bio_"
            r"|Topic_Prediction|sentence_to_concepts|topics_from"
        ),
        "data analysis",
    ),
    (
        re.compile(r"hotpotqa|Closed_Book|wiki_qa_Direct"),
        "search",
    ),
    (
        re.compile(
            r"quarel|quartz|ropes|cosmos|wiqa|commonsense|social_i_qa_(I_was|Show|Generate_answer)"
            r"|qasc"
        ),
        "reasoning traces",
    ),
)
WHOLE_SOURCES = {
    "nq-open": "search",
    "gpteacher-toolformer": "tool use",
    "apibench": "software engineering",
    "gsm8k": "reasoning traces",
    "gpteacher-roleplay": "role-play",
}
# These prompts are labelled by their first words; a classifier would learn only those words.
ACT_AS = ("i want you to act as", "act as")
NEVER_LEARNED = {"awesome-chatgpt-prompts"}
# Prompts of mixed sources, labelled one by one from their first 120 to 170 characters. The key is three bytes of
# BLAKE2b of the text.
HAND_LABELLED = {
    "software engineering": """
        0031d4 003c8c 005322 0055bb 00e5f6 00e979 00fa45 01f815 029703 02c0b1 0361e8 0439a4 04e1e4
        05d338 05d690 060ce5 06932b 06c1f8 071a94 0748b3 088c95 08deee 093ee9 0941e6 0997e9 09fa59
        0abeb6 0b1eee 0b46c8 0d0731 0d28ea 0d2dcd 0dd731 0ddc39 0e0a7f 0ebd69 0ed3ab 0fe307 104052
        10d523 117256 1298f8 13360f 14ce30 157072 15dece 15fca4 17b6e7 185bb4 1871f1 18ee37 190121
        19a58a 1b32c9 1b7605 1b8180 1c20af 1c4b8c 1f0dc6 209f48 20fc9a 2159a8 2175d2 227187 22759b
        233789 23830a 242f7f 244f5e 253b01 25ba88 261009 2784c8 27bfe6 280542 29057d 294025 297eeb
        2a138c 2a8e93 2ad840 00d2fe 0ee347 305b75 323afa 3a3712 607910 7bcc6e 0c95fa 15084e 161053
        1a0813 3c9f23 4c6219 4f5dfe 53de70
    """,
    "reasoning traces": """
        02f04e 033454 04d3f9 0ae63b 0d98e3 0db91f 0fb031 085ae5 098459 17d825 1cf412 1d1de2 19e133
        1fc7e4 267ed9 272901 296702 07c430 1ed1ea 050350 076422 36b5df 408aaf 572949 7da4f3 8ca982
        5926ba 1b82e1 47192d 495f36 5184a5
    """,
    "data analysis": """
        218239 275148 1588c2 0131b7 1a8bb0 23f5b9 30b569 313930 3dddb9 4117d0 5d8730 6688ab 6db12d
        89b10e 83895d 3c291c 062369 10cf77 17c33e 1d61f3 2d6fb2 407882 5708bb 55d425
    """,
    "rewriting": """
        12d4e2 450a87 54cc96 6370f9 6483c2 6e2ba9 20c5db 5afe97 699419 6b7518 022ac8 09a6dc 203bad
        314127 36de6c 4902b7 4b337b 40b7b8 139c35
    """,
    "chat": """
        0b945c 141711 0c91ef 19a899 23afef 30954c 3f85d0 5a06f0 5a0d7d 547cbc 691730 7ee864 8dea04
        62747a 635ebf 205013 36aad0 2f69ba 132bdb 18e040 54d91e 5194e6 1f2d2d
    """,
    "search": """
        333e35 151ab3 3b901f
    """,
    "role-play": """
        25b96b 27cee0 59f2f2
    """,
    "grading": """
        464afc 129158
    """,
}


class Labelled(NamedTuple):
    """One prompt with its label and its origin."""

    label: str
    source: str
    group: str
    template: str
    half: str
    text: str


def _half(key: str) -> str:
    return "test" if blake2b(key.encode(), digest_size=8).digest()[0] & 1 else "train"


def _label(source: str, topic: str, text: str) -> str:
    """Return the capability of a source, or of the topic if the source is mixed; empty for none."""
    if source == "t0-templates":
        return next((label for pattern, label in T0_RULES if pattern.search(topic)), "")
    if source == "clinc-oos" and topic != "oos":
        return "chat" if topic in SMALL_TALK else "business bot"
    mixed = {
        "bfcl-live": "tool use" if topic != "live_irrelevance" else "",
        "arena-hard": "chat" if topic == "creative_writing" else "",
        "awesome-chatgpt-prompts": "role-play" if text.lower().startswith(ACT_AS) else "",
    }
    return WHOLE_SOURCES.get(source) or mixed.get(source, "")


def _rows(prompts: Path, dialogues: Path | None) -> Iterator[Labelled]:
    by_hand = {digest: label for label, digests in HAND_LABELLED.items() for digest in digests.split()}
    columns = pq.read_table(prompts, columns=["source", "topic", "text"]).to_pydict()
    for source, topic, text in zip(columns["source"], columns["topic"], columns["text"], strict=True):
        if source.startswith(("arena-hard", "self-instruct")) and topic != "creative_writing":
            digest = blake2b(text.encode(), digest_size=3).hexdigest()
            if digest in by_hand:
                yield Labelled(by_hand[digest], "by hand", "by hand", "", "hand", text)
        elif label := _label(source, topic or "", text):
            templated = source == "t0-templates"
            group = "_".join(topic.split("_")[:2]) if templated else source
            template = topic if templated else ""
            half = "test" if source in NEVER_LEARNED else _half(template or text)
            yield Labelled(label, source, group, template, half, text)
    if dialogues is not None:
        table = pq.read_table(dialogues, columns=["turn", "text"]).to_pydict()
        for turn, text in zip(table["turn"], table["text"], strict=True):
            if turn == min(table["turn"]):
                yield Labelled("business bot", "sgd", "sgd", "", _half(text), text)


def read(prompts: Path, dialogues: Path | None) -> dict[str, list[Labelled]]:
    """Return distinct labelled prompts by half (train, test, hand), limited per label and group."""
    taken: dict[tuple[str, str, str], int] = Counter()
    halves: dict[str, list[Labelled]] = defaultdict(list)
    distinct = {row.text: row for row in _rows(prompts, dialogues)}
    for row in sorted(distinct.values(), key=lambda row: blake2b(row.text.encode(), digest_size=8).digest()):
        key = (row.half, row.label, row.group)
        most = (T0_PER_GROUP if row.source == "t0-templates" else PER_GROUP).get(row.half, len(distinct))
        if taken[key] < most:
            taken[key] += 1
            halves[row.half].append(row)
    return halves
