import pyarrow as pa
import pytest

from stillwatch import tables
from stillwatch.tables import CAMPAIGNS, EXCHANGES, MEMBERS, REJECTS, STAGED, TABLES
from stillwatch.tables.columns import Sensitivity, Table

CONTRACT = {
    "exchanges": (
        "exchange_id string!, at timestamp[us, tz=UTC]!, account_id string!, organization_id string, model string!, "
        "conversation_id string, system_prompt string, prompt string, completion string, input_tokens int32, "
        "output_tokens int32, max_output_tokens int32, temperature float, n_tools int32, tools_digest string, "
        "stream bool, status string!, client_ip string, user_agent string, client_fingerprint string, sketch binary, "
        "n_samples int32, logprobs bool, seed int64, batch bool, answer_digests list<item: int64>"
    ),
    "accounts": (
        "account_id string!, created_at timestamp[us, tz=UTC], organization_id string, email string, "
        "email_domain string, payment_fingerprint string, phone_digest string, device_fingerprint string, "
        "referrer string, declared_country string, verification string, plan string, status string, "
        "closed_at timestamp[us, tz=UTC], verified_at timestamp[us, tz=UTC], declared_purpose string"
    ),
}
"""Names, types and order that yardsticks outside the project write; ``!`` marks a column that must be there."""


def _written(table: Table) -> str:
    return ", ".join(f"{f.name} {f.type}{'' if f.nullable else '!'}" for f in table.schema)


@pytest.mark.parametrize("name", CONTRACT)
def test_what_others_write_keeps_names_and_types(name: str) -> None:
    assert _written(next(t for t in TABLES if t.name == name)) == CONTRACT[name]


def test_what_others_read_keeps_its_names() -> None:
    assert set(CAMPAIGNS.names) >= {
        "campaign_id", "n_accounts", "n_exchanges", "output_tokens", "first_at", "last_at", "coordination",
        "p_group", "accountability", "rank", "q_value", "severity", "capabilities", "reasons", "innocent_readings",
    }  # fmt: skip
    assert MEMBERS.names == ("campaign_id", "account_id", "p_member", "reasons")
    assert REJECTS.names == ("source", "position", "reason")


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_table_describes_itself(table: Table) -> None:
    assert table.sentence
    assert table.schema.names == list(table.names)
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert column.meaning
        assert not column.meaning.endswith(".")
        assert table.schema.field(column.name).nullable is not column.required
        assert table.column(column.name) is column


def test_table_names_are_different_and_the_module_exports_them() -> None:
    assert len({t.name for t in TABLES}) == len(TABLES)
    assert {t.name.upper() for t in TABLES} <= set(tables.__all__)


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        EXCHANGES.column("nonsense")


def test_texts_and_identifiers_are_marked() -> None:
    assert {c.name for c in EXCHANGES.columns if c.sensitivity is Sensitivity.CONTENT} == {
        "system_prompt",
        "prompt",
        "completion",
    }
    for table in TABLES:
        if table.name == "truth":
            continue
        for name in {"account_id", "client_ip", "email", "payment_fingerprint"} & set(table.names):
            assert table.column(name).sensitivity is Sensitivity.PERSONAL, f"{table.name}.{name}"


def test_staged_is_an_exchange_and_its_place() -> None:
    assert STAGED.names == (*EXCHANGES.names, "source", "position")


def test_every_time_is_utc_in_microseconds() -> None:
    for table in TABLES:
        for column in table.columns:
            if pa.types.is_timestamp(column.type):
                assert column.type == pa.timestamp("us", tz="UTC")
                assert column.name == "at" or column.name.endswith("_at")
