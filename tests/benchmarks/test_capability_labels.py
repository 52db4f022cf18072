"""Labels of real prompts: each comes from the source, the topic or a hand-made list, and the halves share no template."""

from hashlib import blake2b
from pathlib import Path

import capability_labels
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from capability_labels import read


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    rows = [("gsm8k", "", f"How many are {i} and {i}?") for i in range(40)]
    rows += [("clinc-oos", "greeting", f"hello {i}") for i in range(40)]
    rows += [("clinc-oos", "balance", f"what is my balance {i}") for i in range(40)]
    rows += [("t0-templates", f"cnn_dailymail_{t}", f"sum up {t} {i}") for t in range(20) for i in range(3)]
    rows += [("awesome-chatgpt-prompts", "", "Act as a poet."), ("unknown-source", "", "who knows")]
    rows += [("gsm8k", "", "How many are 1 and 1?")]
    path = tmp_path / "prompts.parquet"
    columns = ("source", "topic", "text")
    pq.write_table(pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))), path)
    return path


def test_labels_come_from_source_and_topic(prompts: Path) -> None:
    halves = read(prompts, None)
    rows = [row for half in halves.values() for row in half]
    assert len(rows) == 40 + 40 + 40 + 60 + 1
    labels = {(row.source, row.text.split()[0]): row.label for row in rows}
    assert labels == {
        ("gsm8k", "How"): "reasoning traces",
        ("clinc-oos", "hello"): "chat",
        ("clinc-oos", "what"): "business bot",
        ("t0-templates", "sum"): "rewriting",
        ("awesome-chatgpt-prompts", "Act"): "role-play",
    }


def test_halves_share_no_text_and_no_template(prompts: Path) -> None:
    halves = read(prompts, None)
    assert set(halves) == {"train", "test"}
    for part in ("text", "template"):
        train, test = ({getattr(row, part) for row in halves[half]} - {""} for half in ("train", "test"))
        assert train
        assert test
        assert not train & test
    assert not [row for row in halves["train"] if row.source == "awesome-chatgpt-prompts"]


def test_prompts_labelled_by_hand_are_in_neither_half(prompts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Plan a small garden."
    digest = blake2b(text.encode(), digest_size=3).hexdigest()
    monkeypatch.setattr(capability_labels, "HAND_LABELLED", {"chat": digest})
    table = pa.table({"source": ["arena-hard", "arena-hard"], "topic": ["x", "x"], "text": [text, "Something else."]})
    pq.write_table(table, prompts)
    assert [(row.label, row.text) for row in read(prompts, None)["hand"]] == [("chat", text)]
    assert set(read(prompts, None)) == {"hand"}


def test_first_turns_of_dialogues_are_business_bots(prompts: Path, tmp_path: Path) -> None:
    dialogues = tmp_path / "dialogues.parquet"
    pq.write_table(pa.table({"turn": [0, 1, 0], "text": ["book a train", "at nine", "find a hotel"]}), dialogues)
    rows = [row for half in read(prompts, dialogues).values() for row in half if row.source == "sgd"]
    assert sorted((row.label, row.text) for row in rows) == [
        ("business bot", "book a train"),
        ("business bot", "find a hotel"),
    ]
