"""A real log, written by software that is not ours: a LiteLLM proxy driven through the real SDKs, then scanned."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

HERE = Path(__file__).parent
LITELLM_PYTHON = Path(os.environ.get("LITELLM_PYTHON", HERE.parents[1] / ".venv-litellm" / "bin" / "python"))
START_LIMIT, LOG_LIMIT, STOP_LIMIT, FLUSH_INTERVAL = 180.0, 60.0, 30.0, 6.0  # seconds
ROUTE = {
    "chat": "/v1/chat/completions",
    "chat_stream": "/v1/chat/completions",
    "responses": "/v1/responses",
    "completions": "/v1/completions",
    "messages": "/v1/messages",
}


@dataclass(frozen=True)
class Logged:
    """What was sent through the proxy and what the proxy wrote down."""

    log: Path  # by a callback that appends to a file: complete
    collected: Path  # by the generic_api callback: what arrives during a flush is lost by LiteLLM
    plan: list[dict[str, Any]]
    driven: dict[str, Any]
    campaign: set[str]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, output: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health/readiness", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"the proxy did not start:\n{output.read_text('utf-8', errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Collector(BaseHTTPRequestHandler):
    """Appends each posted body, a batch of JSON lines without a last newline, to a file."""

    def __init__(self, log: Path, *rest: Any) -> None:
        self._log = log
        super().__init__(*rest)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self._log.open("ab") as log:
            log.write(body + b"\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@contextmanager
def _collector(log: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Collector, log))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/payloads"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _proxy(folder: Path, accounts: Path, log: Path, collector: str) -> Iterator[str]:
    """Run the proxy from a copy of its folder and yield its address; it is stopped whatever happens."""
    shutil.copytree(HERE / "proxy", folder)
    port = _free_port()
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "ACCOUNTS_FILE": str(accounts),
        "PAYLOAD_LOG": str(log),
        "COLLECTOR_URL": collector,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks the network for prices
        "LITELLM_MASTER_KEY": "sk-of-nobody-7f3a91",
    }
    command = [
        LITELLM_PYTHON.parent / "litellm",
        "--config",
        "config.yaml",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    output = folder / "proxy.out"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=sink, stderr=sink, start_new_session=True
        )
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}", output)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(process)


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _wait_for_records(log: Path, collected: Path, count: int) -> None:
    """The proxy logs after it has answered, and the generic_api callback sends what it has every five seconds."""
    deadline = time.monotonic() + LOG_LIMIT
    seen, since = -1, time.monotonic()
    while time.monotonic() < deadline and (_lines(log) < count or time.monotonic() - since < FLUSH_INTERVAL):
        if _lines(collected) != seen:
            seen, since = _lines(collected), time.monotonic()
        time.sleep(0.25)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    if not LITELLM_PYTHON.exists():
        pytest.fail(f"{LITELLM_PYTHON} is missing: make test-litellm creates it")
    folder = tmp_path_factory.mktemp("litellm")
    subprocess.run([sys.executable, HERE / "compose_traffic.py", folder], check=True)
    plan = [json.loads(line) for line in (folder / "plan.jsonl").read_text("utf-8").splitlines()]
    log, collected = folder / "payloads.jsonl", folder / "collected.jsonl"
    with (
        _collector(collected) as collector,
        _proxy(folder / "proxy", folder / "accounts.json", log, collector) as url,
    ):
        driver = [LITELLM_PYTHON, HERE / "drive_litellm.py", folder / "plan.jsonl", url]
        driven = subprocess.run(driver, check=True, capture_output=True, text=True, timeout=500)
        _wait_for_records(log, collected, len(plan))
    campaign = set(json.loads((folder / "truth.json").read_text("utf-8"))["campaign"])
    return Logged(log, collected, plan, json.loads(driven.stdout), campaign)


@pytest.mark.litellm
def test_every_request_is_answered_as_planned_and_logged_once(logged: Logged) -> None:
    assert logged.driven["unexpected"] == []
    payloads = [json.loads(line) for line in logged.log.read_text("utf-8").splitlines()]
    assert len({payload["litellm_call_id"] for payload in payloads}) == len(payloads) == len(logged.plan)
    sent = Counter((ROUTE[request["route"]], request["expect"] == 200) for request in logged.plan)
    written = Counter(
        (payload["metadata"]["user_api_key_request_route"], payload["status"] == "success") for payload in payloads
    )
    assert written == sent
    accounts = Counter(request["account"] for request in logged.plan if request["expect"] != 401)
    assert Counter(payload["metadata"]["user_api_key_user_id"] for payload in payloads) == {
        **accounts,
        None: 10,
    }


@pytest.mark.litellm
def test_the_collector_gets_the_same_payloads_but_for_a_few(logged: Logged) -> None:
    written = {json.loads(line)["litellm_call_id"] for line in logged.log.read_text("utf-8").splitlines()}
    posted = {json.loads(line)["litellm_call_id"] for line in logged.collected.read_text("utf-8").splitlines()}
    assert posted <= written
    assert len(posted) > 0.9 * len(written)


@pytest.mark.litellm
@pytest.mark.parametrize("source", ["log", "collected"])
def test_scan_finds_exactly_the_thirty(logged: Logged, source: str, tmp_path: Path) -> None:
    """They share nothing but the worklist, and 90 people are too few to compare with: so they stand at ``watch``."""
    log, out = getattr(logged, source), tmp_path / "scan"
    command = [sys.executable, "-m", "stillwatch.cli", "scan", str(log), "--out", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    campaigns = pq.read_table(out / "campaigns.parquet").to_pylist()
    assert [row["severity"] for row in campaigns] == ["watch"]
    found = {row["account_id"] for row in pq.read_table(out / "members.parquet").to_pylist()}
    missed, wrong = sorted(logged.campaign - found), sorted(found - logged.campaign)
    assert (missed, wrong) == ([], []), f"missed {len(missed)} of 30, wrongly found {len(wrong)} of 90"
