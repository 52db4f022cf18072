"""Results on disk: what was kept is had again, what was made otherwise or is damaged is not."""

from pathlib import Path

import pytest
from detect import store
from detect.store import Store

ARGUMENTS = {"piece": "natural", "seed": 11, "scale": 1.0, "spec": {"pair": (1, 2)}}
KEPT = ({"above": 3}, {"seconds": 1.5}, "c0de")


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    made = Store(tmp_path / "results")
    made.save("natural-11", ARGUMENTS, *KEPT)
    return made


def test_a_stored_result_can_be_loaded(kept: Store) -> None:
    again = Store(kept.folder).load("natural-11", ARGUMENTS)
    assert again is not None
    assert (again["result"], again["cost"], again["code"]) == KEPT
    assert kept.load("natural-12", ARGUMENTS) is None


@pytest.mark.parametrize("changed", [{"scale": 0.5}, {"seed": 12}, {"more": 1}, {"spec": {"pair": (2, 1)}}])
def test_other_arguments_are_another_result(kept: Store, changed: dict[str, object]) -> None:
    assert kept.load("natural-11", ARGUMENTS | changed) is None


@pytest.mark.parametrize("text", ["", '{"arguments": {', "[]", "null", "{}", "\x00"])
def test_a_damaged_file_is_no_result(kept: Store, text: str) -> None:
    (kept.folder / "natural-11.json").write_text(text, encoding="utf-8")
    assert kept.load("natural-11", ARGUMENTS) is None


def test_a_run_stopped_while_writing_leaves_the_old_result(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        kept.save("natural-11", ARGUMENTS, {"above": 9}, {}, "other")
    monkeypatch.undo()
    again = kept.load("natural-11", ARGUMENTS)
    assert again is not None
    assert again["result"] == {"above": 3}


def test_the_digest_is_that_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "part.py"
    monkeypatch.setattr(store.stillwatch, "__file__", str(tmp_path / "__init__.py"))
    digests = []
    for text in ("a = 1\n", "a = 2\n", "a = 1\n"):
        source.write_text(text, encoding="utf-8")
        digests.append(store.code_digest.__wrapped__())
    assert digests[0] == digests[2] != digests[1]


def test_code_after_a_scan_is_not_in_the_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.stillwatch, "__file__", str(tmp_path / "__init__.py"))
    before = store.code_digest.__wrapped__()
    (tmp_path / "console").mkdir()
    for name in ("console/page.py", "cli.py"):
        (tmp_path / name).write_text("a = 1\n", encoding="utf-8")
    assert store.code_digest.__wrapped__() == before
