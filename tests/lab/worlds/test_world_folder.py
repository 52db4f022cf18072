import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.errors import EngineError, InputError
from stillwatch.lab.worlds.world_folder import require_vacant, write_card, write_table, writing_exchanges


def test_existing_exchanges_are_neither_overwritten_nor_mixed(tmp_path: Path) -> None:
    require_vacant(tmp_path)
    (tmp_path / "exchanges").mkdir()
    with pytest.raises(InputError, match=r"already holds other exchanges.*Choose another folder"):
        require_vacant(tmp_path)
    (tmp_path / "world.json").write_text("{}")
    with pytest.raises(InputError, match="already holds a world"):
        require_vacant(tmp_path)


def test_the_exchanges_appear_all_at_once(tmp_path: Path) -> None:
    with writing_exchanges(tmp_path / "w") as folder:
        (folder / "day").write_text("x")
        assert not (tmp_path / "w" / "exchanges").exists()
    assert [p.name for p in (tmp_path / "w").iterdir()] == ["exchanges"]
    assert (tmp_path / "w" / "exchanges" / "day").read_text() == "x"


def test_a_failed_build_does_not_block_the_next(tmp_path: Path) -> None:
    def fail() -> None:
        with writing_exchanges(tmp_path) as folder:
            (folder / "day").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    require_vacant(tmp_path)


def test_files_of_a_killed_process_are_not_part_of_the_next_world(tmp_path: Path) -> None:
    (tmp_path / "exchanges.part").mkdir()
    (tmp_path / "exchanges.part" / "old").write_text("x")
    require_vacant(tmp_path)
    with writing_exchanges(tmp_path) as folder:
        (folder / "day").write_text("x")
    assert [p.name for p in (tmp_path / "exchanges").iterdir()] == ["day"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineError, match="file: the world could not be written"), writing_exchanges(tmp_path / "file"):
        pass


def test_tables_and_the_card_can_be_read_again(tmp_path: Path) -> None:
    @dataclass
    class Summary:
        n: int

    table = pa.table({"account_id": ["a", "b"]})
    write_table(table, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").equals(table)
    write_card(tmp_path, Summary(3), lab.WorldSpec(days=5))
    card = json.loads((tmp_path / "world.json").read_text())
    assert card["summary"] == {"n": 3}
    assert lab.WorldSpec.model_validate(card["spec"]).days == 5


def test_columns_of_distinct_values_get_no_dictionary(tmp_path: Path) -> None:
    table = pa.table({"own": [f"x{i}" for i in range(50)], "kind": ["a", "b"] * 25})
    write_table(table, tmp_path / "t.parquet", without_dictionary=("own",))
    columns = pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(0)
    coded = [any("DICTIONARY" in e for e in columns.column(i).encodings) for i in range(2)]
    assert coded == [False, True]
    assert pq.read_table(tmp_path / "t.parquet") == table
