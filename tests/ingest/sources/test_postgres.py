from typing import Any

import pytest
import sqlalchemy as sa

from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.formats.litellm_spend import FORMAT
from stillwatch.ingest.formats.new_api import FORMAT as NEW_API
from stillwatch.ingest.sources.postgres import connection, table_rows

TABLE = """CREATE TABLE "LiteLLM_SpendLogs" (
  request_id TEXT PRIMARY KEY, call_type TEXT, api_key TEXT, spend DOUBLE PRECISION, total_tokens INTEGER,
  prompt_tokens INTEGER, completion_tokens INTEGER, "startTime" TIMESTAMP(3), "endTime" TIMESTAMP(3), model TEXT,
  model_group TEXT, "user" TEXT, team_id TEXT, end_user TEXT, requester_ip_address TEXT, messages JSONB,
  response JSONB, metadata JSONB, session_id TEXT, status TEXT, proxy_server_request JSONB)"""


LOGS = """CREATE TABLE logs (
  id BIGINT PRIMARY KEY, user_id BIGINT, created_at BIGINT, type BIGINT, content TEXT, username TEXT, token_name TEXT,
  model_name TEXT, quota BIGINT, prompt_tokens BIGINT, completion_tokens BIGINT, use_time BIGINT, is_stream BOOLEAN,
  channel_id BIGINT, token_id BIGINT, "group" TEXT, ip TEXT, request_id TEXT, other TEXT)"""


@pytest.mark.parametrize(
    ("url", "arguments", "schema"),
    [
        ("postgresql://u:p@h/db", set(), ""),
        ("postgres://u:p@h:5433/db?schema=proxy&connection_limit=5", set(), "proxy"),
        ("postgresql://u:p@h/db?sslmode=require", {"ssl_context"}, ""),
        ("postgresql+psycopg://u:p@h/db?sslmode=disable", set(), ""),
    ],
)
def test_urls_as_prisma_and_libpq_write_them(url: str, arguments: set[str], schema: str) -> None:
    target, given, found = connection(url)
    assert target.drivername == "postgresql+pg8000"
    assert (set(given), found, dict(target.query)) == (arguments, schema, {})


def test_a_database_out_of_reach_shows_no_password() -> None:
    with pytest.raises(EngineError) as error:
        list(table_rows("postgresql://u:s3cret@127.0.0.1:1/db", "postgresql://u:***@127.0.0.1:1/db"))
    assert error.value.exit_code == 4
    assert "s3cret" not in str(error.value)


@pytest.mark.postgres
def test_a_live_database_is_read_row_by_row(postgresql_server: str, read: Any) -> None:
    server = postgresql_server
    with pytest.raises(InputError, match="no readable table"):
        read(server)
    engine = sa.create_engine(connection(server)[0])
    with engine.begin() as link:
        link.execute(sa.text(LOGS))
        for example in NEW_API.examples():
            names = ", ".join(f'"{name}"' for name in example)
            link.execute(sa.text(f"INSERT INTO logs ({names}) VALUES ({', '.join(f':{n}' for n in example)})"), example)
    assert [row["account_id"] for row in read(server).rows] == ["101", "102", "101"]
    columns = list(FORMAT.examples()[0])
    typed = {n: f"CAST(:{n} AS JSONB)" for n in ("messages", "response", "metadata", "proxy_server_request")}
    names = [n for n in columns if n in TABLE]
    marks = ", ".join(typed.get(n, f"CAST(:{n} AS TIMESTAMP)" if n.endswith("Time") else f":{n}") for n in names)
    with engine.begin() as link:
        link.execute(sa.text(TABLE))
        quoted = ", ".join(f'"{n}"' for n in names)
        rows = [
            {**{n: e[n] for n in names}, "request_id": f"{i}-{e['request_id']}", "total_tokens": 30, "spend": 0.1,
             "prompt_tokens": 20, "completion_tokens": 10}
            for i in range(900) for e in FORMAT.examples()
        ]  # fmt: skip
        link.execute(sa.text(f'INSERT INTO "LiteLLM_SpendLogs" ({quoted}) VALUES ({marks})'), rows)
    engine.dispose()
    result = read(server)
    assert result.rejects == []
    assert len(result.rows) == 2_700
    assert result.rows[0]["source"] == server.replace("s3cret", "***")
    assert {row["prompt"] for row in result.rows} == {None, "Why?"}
    assert {row["status"] for row in result.rows} == {"ok", "refused"}
