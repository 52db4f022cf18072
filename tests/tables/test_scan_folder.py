import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import InputError
from stillwatch.tables import CAMPAIGNS, scan_folder


def test_reads_what_a_scan_left(scan):
    found = scan_folder.read(scan)
    assert found.campaigns.num_rows == 3
    assert found.members.num_rows == 474
    assert found.bonds is not None
    assert found.grounds is not None
    assert found.timeline is not None
    assert found.summary["n_groups_tested"] == 41


def test_optional_tables_may_be_missing(scan_of):
    found = scan_folder.read(scan_of(bonds=False, grounds=False, timeline=False))
    assert found.bonds is None
    assert found.grounds is None
    assert found.timeline is None


def test_what_an_earlier_version_did_not_write_is_missing_and_no_error(scan):
    pq.write_table(pq.read_table(scan / "bonds.parquet").drop_columns(["n_holders"]), scan / "bonds.parquet")
    assert scan_folder.read(scan).bonds.column("n_holders").null_count == scan_folder.read(scan).bonds.num_rows


def test_a_folder_that_is_no_scan_is_told_what_is_missing_and_what_makes_it(tmp_path):
    with pytest.raises(InputError) as caught:
        scan_folder.read(tmp_path)
    text = caught.value.sentence()
    assert "campaigns.parquet, members.parquet and summary.json are missing" in text
    assert "stillwatch scan" in text
    with pytest.raises(InputError, match="no such folder"):
        scan_folder.read(tmp_path / "nowhere")


def test_one_missing_file_is_named_alone(scan):
    (scan / "summary.json").unlink()
    with pytest.raises(InputError, match=r"scan: summary\.json is missing"):
        scan_folder.read(scan)


@pytest.mark.parametrize("name", ["campaigns.parquet", "members.parquet", "bonds.parquet", "timeline.parquet"])
def test_a_broken_table_is_an_input_error(scan, name):
    (scan / name).write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match=name):
        scan_folder.read(scan)


@pytest.mark.parametrize("text", ["{", "[1]", "\udcff"])
def test_a_broken_summary_is_an_input_error(scan, text):
    (scan / "summary.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="JSON"):
        scan_folder.read(scan)


def test_a_table_without_its_columns_is_named_by_what_it_lacks(scan):
    table = pq.read_table(scan / "campaigns.parquet").drop_columns(["p_group", "q_value"])
    pq.write_table(table, scan / "campaigns.parquet")
    with pytest.raises(InputError, match="p_group and q_value missing"):
        scan_folder.read(scan)


def test_further_columns_and_other_widths_are_accepted(scan):
    table = pq.read_table(scan / "campaigns.parquet")
    place = table.schema.get_field_index("n_accounts")
    table = table.set_column(place, "n_accounts", table["n_accounts"].cast(pa.int32()))
    pq.write_table(table.append_column("extra", pa.array(["x"] * 3)), scan / "campaigns.parquet")
    assert scan_folder.read(scan).campaigns.schema.names == list(CAMPAIGNS.names)


def test_a_column_of_the_wrong_type_is_an_input_error(scan):
    table = pq.read_table(scan / "campaigns.parquet")
    place = table.schema.get_field_index("n_accounts")
    pq.write_table(table.set_column(place, "n_accounts", pa.array(["many"] * 3)), scan / "campaigns.parquet")
    with pytest.raises(InputError, match=r"campaigns\.parquet"):
        scan_folder.read(scan)
