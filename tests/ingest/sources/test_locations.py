from pathlib import Path

import fsspec
import pytest

from stillwatch.errors import InputError
from stillwatch.ingest.sources.locations import expand, source_at


def names(*named: object) -> list[str]:
    return [source.name for source in expand([str(n) for n in named])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.jsonl", ".hidden", "_SUCCESS", "deep/c.jsonl", ".git/d.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_folders_give_their_files_sorted_without_hidden_ones(folder: Path) -> None:
    assert names(folder) == [str(folder / n) for n in ("a.jsonl", "b.jsonl", "deep/c.jsonl")]


def test_globs_and_repeated_names_give_each_file_once(folder: Path) -> None:
    assert names(folder / "*.jsonl", folder / "b.jsonl", folder / "**/c.jsonl") == [
        str(folder / n) for n in ("a.jsonl", "b.jsonl", "deep/c.jsonl")
    ]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "log[1].jsonl"
    path.write_text("x")
    assert names(path) == [str(path)]


@pytest.mark.parametrize("name", ["nowhere.jsonl", "no*match", "empty", "memory://nothing/here"])
def test_what_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    target = name if "://" in name else str(tmp_path / name)
    with pytest.raises(InputError) as error:
        expand([target])
    assert error.value.where == target
    assert error.value.exit_code == 3


def test_object_storage(folder: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe({"/bucket/day=1/a.jsonl": b"A", "/bucket/day=2/b.jsonl": b"B", "/bucket/day=2/_SUCCESS": b""})
    assert names("memory://bucket/day=*/*.jsonl") == [
        "memory:///bucket/day=1/a.jsonl",
        "memory:///bucket/day=2/b.jsonl",
    ]
    whole = expand(["memory://bucket"])
    assert [s.open().read() for s in whole] == [b"A", b"B"]


def test_databases_show_no_password() -> None:
    source = expand(["postgresql://reader:s3cret@db.example.org/litellm?sslmode=require"])[0]
    assert source.name == "postgresql://reader:***@db.example.org/litellm"
    assert "s3cret" in source.database
    with pytest.raises(InputError) as error:
        expand(["postgresql://reader:s3cret@db:port/x"])
    assert "s3cret" not in str(error.value)


def test_an_unknown_kind_of_storage_is_an_input_error() -> None:
    with pytest.raises(InputError) as error:
        expand(["nosuch://user:s3cret@host/x"])
    assert "s3cret" not in str(error.value)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("x")
    source = expand([str(path)])[0]
    path.unlink()
    with pytest.raises(InputError) as error:
        source.open()
    assert error.value.where == str(path)


def test_a_file_is_found_again_from_its_place_in_another_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (source,) = expand(["a.jsonl"])
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert source.location is not None
    again = source_at(source.location)
    assert (again.name, source.name) == ("a.jsonl", "a.jsonl")
    with again.open() as file:
        assert file.read() == b"a.jsonl"


def test_an_object_is_found_again_from_its_place() -> None:
    fsspec.filesystem("memory").pipe_file("/places/day one.jsonl", b"x")
    (source,) = expand(["memory://places/"])
    assert source.location is not None
    with source_at(source.location).open() as file:
        assert file.read() == b"x"


def test_what_no_other_process_can_read_has_no_place() -> None:
    assert [source.location for source in expand(["-", "postgresql://h/d"])] == [None, None]


def test_a_file_that_is_named_by_itself_is_told_from_one_that_was_found(folder: Path) -> None:
    found = {source.name: source.found for source in expand([str(folder), str(folder / "b.jsonl")])}
    assert found == {str(folder / "a.jsonl"): True, str(folder / "b.jsonl"): False, str(folder / "deep/c.jsonl"): True}
    (glob,) = expand([str(folder / "a*")])
    assert glob.found
    assert glob.location is not None
    assert source_at(glob.location).found
    store = fsspec.filesystem("memory")
    store.pipe({"/told/a.jsonl": b"x"})
    assert [s.found for name in ("memory://told", "memory://told/a.jsonl") for s in expand([name])] == [True, False]
