from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import InputError
from stillwatch.lab.real_parts import read_parts


def test_all_parts_are_read(parts: Path) -> None:
    real = read_parts(parts)
    assert set(real.origins) == {"texts", "arrivals", "lengths", "vpn_exits", "throw_away_domains"}
    assert real.disposable == ("throwaway.example",)
    assert real.vpn_prefixes is not None
    assert (real.vpn_prefixes & 255 == 0).all()
    assert real.lengths is not None
    assert 70 < np.median(real.lengths.outputs(np.random.default_rng(1), 500, "chat")) < 85


def test_arrivals_repeat_and_keep_their_burstiness(parts: Path) -> None:
    arrival_rates = read_parts(parts).arrival_rates(3)
    assert arrival_rates is not None
    assert arrival_rates.cumulative.shape == (2, 3 * 144 + 1)
    bursty, steady = arrival_rates.shapes
    assert bursty == pytest.approx(1 / 16)
    assert steady == pytest.approx(1.0)
    share = np.diff(arrival_rates.cumulative[0])
    assert share[0] < share[10] / 5


def test_a_folder_without_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the known"):
        read_parts(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read_parts(tmp_path / "moon")


def test_a_part_without_its_columns_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "prompts.parquet")
    with pytest.raises(InputError, match="cannot be read"):
        read_parts(tmp_path)
    (tmp_path / "prompts.parquet").unlink()
    (tmp_path / "x4bnet_vpn_ipv4.txt").write_text("moon")
    with pytest.raises(InputError, match="not an IPv4"):
        read_parts(tmp_path)


def test_one_part_is_enough(tmp_path: Path) -> None:
    (tmp_path / "x4bnet_vpn_ipv4.txt").write_text("5.6.7.0/24\n")
    real = read_parts(tmp_path)
    assert real.texts is None
    assert real.arrival_rates(3) is None
    assert real.origins == {"vpn_exits": "real: x4bnet_vpn_ipv4"}


def test_a_client_silent_during_a_short_world_is_left_out(tmp_path: Path) -> None:
    rows = [
        {"client": name, "start_s": 600.0 * w, "rate_per_s": float(w >= 144 or name == "early"), "cv": 1.0}
        for name in ("early", "late")
        for w in range(288)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "servegen_clients.parquet")
    real = read_parts(tmp_path)
    one_day, two_days = real.arrival_rates(1), real.arrival_rates(2)
    assert one_day is not None
    assert two_days is not None
    assert len(one_day.cumulative) == 1
    assert np.isfinite(one_day.cumulative).all()
    assert len(two_days.cumulative) == 2
