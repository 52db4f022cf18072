from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch import lab
from stillwatch.engine import DuckDBEngine
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.world_context import build_context
from stillwatch.lab.planting.host_fitting import fit_accounts, fit_context, fit_exchanges, lacks_text
from stillwatch.lab.planting.host_log import HostLog, survey
from stillwatch.lab.worlds.world_writer import account_table, day_tables
from stillwatch.tables import ATTRIBUTES, EXCHANGES

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def host(tmp_path: Path) -> HostLog:
    """Return 60 accounts over eight days: new model after day 4, two clients, half without address, 500-token answers."""
    rng = np.random.default_rng(1)
    names = EXCHANGES.names
    rows = []
    for i in range(6_000):
        who, at = int(rng.integers(60)), START + timedelta(minutes=1.9 * i)
        new = i > 3_000 and who % 2 == 0
        known = {
            "exchange_id": f"x{i}",
            "at": at,
            "account_id": f"a{who}",
            "model": "fresh" if new else ("big" if who % 4 else "small"),
            "prompt": "words" if who < 45 else None,
            "sketch": None if who < 45 else b"s",
            "output_tokens": 500,
            "max_output_tokens": 4096,
            "status": "ok",
            "client_ip": f"8.8.{who // 6}.8" if who % 2 else None,
            "user_agent": "Own/1" if who % 3 else "Own/2",
            "client_fingerprint": "f1" if who % 3 else "f2",
        }
        rows.append({name: known.get(name) for name in names})
    facts = [
        {"account_id": f"a{who}", "name": name, "value": value}
        for who in range(60)
        for name, value in (
            ("plan", "gold" if who % 3 else "silver"),
            ("email_domain", "big-mail.example" if who % 4 else f"own{who}.example"),
            ("payment_fingerprint", f"p{who}"),
            ("desk", f"d{who}"),
            ("created_at", "2026-01-01T00:00:00Z"),
        )
    ]
    engine = DuckDBEngine(tmp_path / "engine")
    return survey(
        engine,
        exchanges=engine.write("exchanges", pa.Table.from_pylist(rows, schema=EXCHANGES.schema)),
        attributes=engine.write("attributes", pa.Table.from_pylist(facts, schema=ATTRIBUTES.schema)),
    )


def fitted(host: HostLog, **knobs: object) -> tuple[pa.Table, pa.Table]:
    spec = lab.CampaignSpec.model_validate({"accounts": 80, "per_day": 6} | knobs)
    world = lab.WorldSpec(start=host.start, days=host.days, accounts=0, model_release=0.5)
    context = fit_context(build_context(world, 5), host)
    crowd = build_campaign(context.named("campaign"), spec)
    known = account_table(context, crowd)
    ids = known["account_id"].combine_chunks()
    days = [fit_exchanges(host, context.network, day, ids) for _, day in day_tables(context, crowd)]
    return pa.concat_tables(days), fit_accounts(host, context, known)


def test_clients_and_lengths_come_from_the_host(host: HostLog) -> None:
    rows, _ = fitted(host)
    pairs = set(zip(rows["user_agent"].to_pylist(), rows["client_fingerprint"].to_pylist(), strict=True))
    assert pairs == {("Own/1", "f1"), ("Own/2", "f2")}
    written = rows.filter(pc.equal(rows["status"], "ok"))["output_tokens"].to_numpy()
    assert np.median(written) == pytest.approx(1.6 * 500, rel=0.1)
    assert set(rows["max_output_tokens"].to_pylist()) >= {4096}
    assert rows["max_output_tokens"].null_count == 0


def test_an_account_keeps_one_model_until_it_moves(host: HostLog) -> None:
    rows, _ = fitted(host)
    assert set(rows["model"].to_pylist()) <= {"big", "small", "fresh"}
    released = START + timedelta(minutes=1.9 * 3_001)
    early = rows.filter(pc.less(rows["at"], pa.scalar(released, rows["at"].type)))
    used = early.group_by("account_id").aggregate([("model", "count_distinct")])
    assert set(used["model_count_distinct"].to_pylist()) == {1}
    moved, _ = fitted(host, model_move_hours=2)
    late = moved.filter(pc.greater(moved["at"], pa.scalar(released + timedelta(hours=3), moved["at"].type)))
    assert set(late["model"].to_pylist()) == {"fresh"}


def test_addresses_are_as_rare_as_the_hosts_and_proxies_are_host_exits(host: HostLog) -> None:
    rows, _ = fitted(host, proxies=1.0)
    with_address = rows.filter(rows["client_ip"].is_valid())
    have = len(pc.unique(with_address["account_id"]))
    assert 25 <= have <= 55
    assert pc.sum(pc.is_in(with_address["client_ip"], pa.array(host.exits))).as_py() > 0.4 * len(with_address)


def test_as_many_accounts_lack_text_as_in_the_host(host: HostLog) -> None:
    rows, known = fitted(host)
    ids = known["account_id"].combine_chunks()
    lacking = lacks_text(host, ids, rows)
    assert 0.1 < len(pc.unique(rows["account_id"].filter(pa.array(lacking)))) / 80 < 0.45
    per_account = pa.table({"who": rows["account_id"], "lacks": pa.array(lacking)}).group_by("who")
    assert set(per_account.aggregate([("lacks", "count_distinct")])["lacks_count_distinct"].to_pylist()) == {1}


def test_attributes_follow_the_host(host: HostLog) -> None:
    _, known = fitted(host, shared={"payment": 0.25})
    assert known.schema.equals(host.accounts.schema)
    plans = known["plan"].to_pylist()
    assert set(plans) == {"gold", "silver"}
    assert plans.count("gold") > plans.count("silver")
    assert known["email_domain"].to_pylist().count("big-mail.example") > 40
    assert "gmail.com" not in known["email_domain"].to_pylist()
    assert known["payment_fingerprint"].null_count == 0
    shares = pc.value_counts(known["payment_fingerprint"]).to_pylist()
    assert sum(entry["counts"] for entry in shares if entry["counts"] >= 3) == 20
    desks = known["desk"].to_pylist()
    assert len(set(desks)) == 80
    assert not set(desks) & set(host.accounts["desk"].to_pylist())


@pytest.fixture
def verified(tmp_path: Path) -> HostLog:
    """Return 120 accounts, half of them verified on a date, each with a purpose, which all sample in one way."""
    rows = [
        {"exchange_id": f"x{i}", "at": START + timedelta(minutes=9 * i), "account_id": f"a{i % 120}", "model": "m",
         "status": "ok", "prompt": "words", "n_samples": 1, "logprobs": False, "seed": i, "batch": False}
        for i in range(1_200)
    ]  # fmt: skip
    facts = [
        {"account_id": f"a{who}", "name": name, "value": value}
        for who in range(120)
        for name, value in (
            ("created_at", "2026-01-01T00:00:00Z"),
            ("declared_purpose", f"purpose {who}"),
            ("verification", "business" if who % 2 else "none"),
            *([("verified_at", f"2026-01-0{1 + who % 9}T00:00:00Z")] if who % 2 else []),
        )
    ]
    engine = DuckDBEngine(tmp_path / "engine")
    return survey(
        engine,
        exchanges=engine.write("exchanges", pa.Table.from_pylist(rows, schema=EXCHANGES.schema)),
        attributes=engine.write("attributes", pa.Table.from_pylist(facts, schema=ATTRIBUTES.schema)),
    )


def test_a_date_of_verification_belongs_to_a_verification_and_follows_the_opening(verified: HostLog) -> None:
    _, known = fitted(verified)
    rows = known.to_pylist()
    assert {row["verification"] for row in rows} == {"business", "none"}
    assert all((row["verified_at"] is not None) == (row["verification"] == "business") for row in rows)
    assert all(row["verified_at"] >= row["created_at"] for row in rows if row["verified_at"])


def test_a_purpose_that_somebody_wrote_is_not_copied(verified: HostLog) -> None:
    _, known = fitted(verified)
    theirs = set(verified.accounts["declared_purpose"].to_pylist())
    assert known["declared_purpose"].null_count == 0
    assert not theirs & set(known["declared_purpose"].to_pylist())


def test_parameters_that_all_have_are_the_usual_ones_and_seeds_stay_empty(verified: HostLog) -> None:
    rows, _ = fitted(verified)
    assert set(rows["n_samples"].to_pylist()) == {1}
    assert set(rows["logprobs"].to_pylist()) == set(rows["batch"].to_pylist()) == {False}
    assert rows["seed"].null_count == len(rows), "one seed for all would be a trace that planted accounts share"
