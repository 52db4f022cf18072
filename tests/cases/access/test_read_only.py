import pytest

from stillwatch.cases.access.read_only import glimpse
from stillwatch.cases.decisions.judgements import judge
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import precision
from stillwatch.cases.store.database import Database, address
from stillwatch.settings import CasesSettings


def seen(settings):
    with glimpse(settings) as look:
        return None if look is None else precision.precision(look)


def test_decisions_in_a_file_are_seen_even_while_somebody_writes(taken, store, do, ann, desk):
    if not store.is_sqlite:
        assert seen(store.settings) is None
        return
    do(ann, judge, 1, Verdict.CONFIRMED, "why")
    with desk.database.writing():
        assert [(one.n_confirmed, one.n_settled) for one in seen(store.settings)] == [(1, 1), (0, 0), (0, 0)]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cases.db", CasesSettings(database=f"sqlite:///{tmp_path}/cases.db")


def test_where_there_is_nothing_nothing_is_made(file, tmp_path):
    assert seen(file[1]) is None
    assert list(tmp_path.iterdir()) == []
    assert seen(CasesSettings(database="sqlite://")) is None
    assert seen(CasesSettings(database="postgresql://nobody@127.0.0.1:1/x")) is None
    assert seen(CasesSettings(database="nonsense")) is None


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be read as a page" * 30])
def test_what_is_no_database_of_ours_stays_as_it_is(file, content):
    file[0].write_bytes(content)
    assert seen(file[1]) is None
    assert file[0].read_bytes() == content


def test_a_folder_may_be_called_as_it_likes(tmp_path):
    folder = tmp_path / "100% #1?"
    folder.mkdir()
    Database(address(f"sqlite:///{folder}/cases.db"), create=True).close()
    with glimpse(CasesSettings(database=f"sqlite:///{folder}/cases.db")) as look:
        assert look is not None


def test_one_of_another_release_is_neither_read_nor_upgraded(file):
    database = Database(address(file[1].database.get_secret_value()), create=True)
    with database.writing() as link:
        link.exec_driver_sql("UPDATE alembic_version SET version_num = 'v1'")
    database.close()
    before = file[0].read_bytes()
    assert seen(file[1]) is None
    assert file[0].read_bytes() == before
