import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.litellm_spend import FORMAT
from stillwatch.ingest.postgres import connection, table_rows

TABLE = """CREATE TABLE "LiteLLM_SpendLogs" (
  request_id TEXT PRIMARY KEY, call_type TEXT, api_key TEXT, spend DOUBLE PRECISION, total_tokens INTEGER,
  prompt_tokens INTEGER, completion_tokens INTEGER, "startTime" TIMESTAMP(3), "endTime" TIMESTAMP(3), model TEXT,
  model_group TEXT, "user" TEXT, team_id TEXT, end_user TEXT, requester_ip_address TEXT, messages JSONB,
  response JSONB, metadata JSONB, session_id TEXT, status TEXT, proxy_server_request JSONB)"""


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


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL of our own, as somebody other than root, whom it refuses."""
    initdb, pg_ctl = shutil.which("initdb"), shutil.which("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("pg")
    who = (
        next(n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()})
        if os.getuid() == 0
        else None
    )
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o777)
    port = 20_000 + os.getpid() % 20_000

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=who, cwd=folder)

    run(initdb, "-D", f"{folder}/data", "-U", "reader", "-A", "trust")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    run(pg_ctl, "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    yield f"postgresql://reader:s3cret@127.0.0.1:{port}/postgres"
    run(pg_ctl, "-D", f"{folder}/data", "-m", "immediate", "stop")


@pytest.mark.postgres
def test_a_live_database_is_read_row_by_row(server: str, read: Any) -> None:
    with pytest.raises(InputError, match="no readable table"):
        read(server)
    engine = sa.create_engine(connection(server)[0])
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
