import io
import os
from pathlib import Path

import fsspec
import pytest

from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.distributed_read import locations_table
from stillwatch.ingest.sources.local import file_identity
from stillwatch.ingest.sources.local.file_identity import HashingReader, identify, location_key, stamp
from stillwatch.ingest.sources.locations import FileLocation, expand


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\n")
    return path


def _location(path: Path) -> FileLocation:
    return FileLocation(str(path), "", path.name)


def _identified(*locations: FileLocation) -> list[dict[str, str]]:
    return [
        row for batch in locations_table(locations).to_batches() for made in identify(batch) for row in made.to_pylist()
    ]


def test_a_stamp_changes_with_size_time_and_file(file: Path) -> None:
    before = stamp(_location(file))
    assert stamp(_location(file)) == before
    os.utime(file, ns=(1, file.stat().st_mtime_ns + 1))
    later = stamp(_location(file))
    assert later != before
    other = file.with_name("other")
    other.write_bytes(b"ONE\nTWO\n")
    os.utime(other, ns=(1, file.stat().st_mtime_ns))
    other.replace(file)
    assert stamp(_location(file)) != later, "another file in its place, as old and as long"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.jsonl: its metadata cannot be read"):
        stamp(_location(tmp_path / "gone.jsonl"))


def test_what_a_file_is_called_does_not_depend_on_where_one_stands(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    (here,), (there,) = expand(["a.jsonl"]), expand([str(file)])
    assert here.location
    assert there.location
    assert location_key(here.location) == location_key(there.location) == str(file)


def test_content_makes_the_digest_and_not_the_name(file: Path) -> None:
    copy, other = file.with_name("copy.jsonl"), file.with_name("other.jsonl")
    copy.write_bytes(file.read_bytes())
    other.write_bytes(file.read_bytes() + b" ")
    digests = [row["digest"] for row in _identified(*map(_location, (file, copy, other)))]
    assert digests[0] == digests[1] != digests[2]


def test_files_in_storage_of_another_kind_have_a_stamp_and_a_digest() -> None:
    with fsspec.open("memory://logs/a.jsonl", "wb") as sink:
        sink.write(b"one\n")
    (source,) = expand(["memory://logs/a.jsonl"])
    assert source.location
    (row,) = _identified(source.location)
    assert row["stamp"] == stamp(source.location) != ""
    with fsspec.open("memory://logs/a.jsonl", "wb") as sink:
        sink.write(b"two\n")
    (again,) = _identified(source.location)
    assert again["digest"] != row["digest"]
    assert again["stamp"] != row["stamp"]


def test_storage_that_does_not_say_when_gives_no_stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_identity, "_CHANGING", ("mtime",))
    with fsspec.open("memory://logs/b.jsonl", "wb") as sink:
        sink.write(b"one\n")
    assert stamp(FileLocation("/logs/b.jsonl", "memory://logs/b.jsonl", "memory://logs/b.jsonl")) == ""


def test_a_file_that_grows_while_it_is_looked_at_is_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = HashingReader.read

    def growing(self: HashingReader, size: int = -1) -> bytes:
        with file.open("ab") as sink:
            sink.write(b"more\n")
        monkeypatch.setattr(HashingReader, "read", real)
        return real(self, size)

    monkeypatch.setattr(HashingReader, "read", growing)
    with pytest.raises(InputError, match="changed while it was read"):
        _identified(_location(file))


def test_a_stream_is_digested_as_it_is_read() -> None:
    stream = HashingReader(io.BytesIO(b"abc"), "-")
    source = stream.source()
    assert not source.again
    raw = source.open()
    assert raw.read(2) + raw.read(5) == b"abc"
    whole = HashingReader(io.BytesIO(b"abc"), "-")
    whole.read(3)
    assert stream.digest() == whole.digest()


def test_storage_that_fails_is_an_error_that_names_the_file() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(EngineError, match=r"log\.jsonl: reading failed"):
        HashingReader(Broken(), "log.jsonl").read(1)
