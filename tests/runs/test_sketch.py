"""What is left of texts on the disk."""

from stillwatch import runs
from stillwatch.settings import Settings


def test_nothing_of_the_texts_is_left_on_disk(log, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    runs.scan([log], tmp_path / "out", settings=Settings(), work=work)
    assert list(work.iterdir()) == []
    for path in (tmp_path / "out").iterdir():
        assert b"one two three" not in path.read_bytes()
