"""Logs that real SDKs and exporters write, each driven against a server on this machine, and read by ``inspect``."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .model_server import ANSWER, INPUT_TOKENS, OUTPUT_TOKENS, model_server

pytestmark = pytest.mark.exporters

HERE = Path(__file__).parent
PYTHON = Path(os.environ.get("EXPORTERS_PYTHON", HERE.parents[1] / ".venv-exporters" / "bin" / "python"))
NODE_FOLDER = Path(os.environ.get("EXPORTERS_NODE", HERE.parents[1] / ".exporters"))
LIMIT = 120.0  # seconds

COMMON = {
    "system_prompt": "Be brief.",
    "prompt": "What is a monoid?",
    "client_ip": "203.0.113.9",
    "user_agent": "shop/1.0",
}
# What an emitter does not write: the tools that were offered, or the temperature.
NO_TOOLS = frozenset({"official-openai", "official-openai-events"})
NO_TEMPERATURE = ("anthropic",)


def inspected(log: Path) -> dict[str, Any]:
    """Return what ``inspect --json`` says of *log*."""
    command = [sys.executable, "-m", "stillwatch", "inspect", str(log), "--rows", "0", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def driven(command: list[str], **options: Any) -> str:
    """Run *command* and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False, **options)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def expect(log: Path, **further: Any) -> None:
    """Expect an answer, a streamed answer, and a request that met HTTP 429; each of an account of its own."""
    found = inspected(log)
    assert found["sources"][0]["format"] == "otel_genai"
    assert (found["n_rejects"], len(found["exchanges"])) == (0, 3)
    rows = sorted(found["exchanges"], key=lambda row: str(row["account_id"]))
    told = {"model": "large-1", "completion": ANSWER, "input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS}
    nothing = {"model": "large-busy", "completion": None, "input_tokens": None, "output_tokens": None}
    for number, row in enumerate(rows):
        last = number == 2
        expected = {"account_id": f"acct-{number}", **COMMON, **(nothing if last else told), "max_output_tokens": 200}
        expected |= {"status": "throttled" if last else "ok", **further}
        assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    "emitter",
    [
        "official-openai",
        "official-openai-events",
        "openllmetry-openai",
        "openllmetry-openai-responses",
        "openllmetry-anthropic",
        "openinference-openai",
        "openinference-openai-responses",
        "openinference-anthropic",
        "pydantic-ai-openai-5",
        "pydantic-ai-anthropic-6",
    ],
)
def test_instrumentation_of_python(emitter: str, tmp_path: Path) -> None:
    log = tmp_path / "otlp.jsonl"
    with model_server(tmp_path / "posted.jsonl") as url:
        driven([str(PYTHON), str(HERE / "drive_python.py"), emitter, url, str(log)])
    further: dict[str, Any] = {"n_tools": None if emitter in NO_TOOLS else 1}
    expect(log, **further, temperature=None if any(name in emitter for name in NO_TEMPERATURE) else 0.5)


def test_vercel_ai_sdk(tmp_path: Path) -> None:
    log = tmp_path / "otlp.jsonl"
    with model_server(tmp_path / "posted.jsonl") as url:
        driven(["node", str(HERE / "drive_vercel.mjs"), url, str(log), str(NODE_FOLDER)])
    expect(log, n_tools=1, temperature=0.5)


def test_claude_code(tmp_path: Path) -> None:
    program = next(NODE_FOLDER.glob("node_modules/@anthropic-ai/claude-code-linux-*/claude"), None)
    if program is None:
        pytest.skip("npm has installed no program of Claude Code for this platform")
    log, work = tmp_path / "posted.jsonl", tmp_path / "work"
    work.mkdir()
    with model_server(log) as url:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "CLAUDE_CONFIG_DIR": str(tmp_path / "config"),
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "OTEL_LOGS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "OTEL_LOG_USER_PROMPTS": "1",
        }
        asked = [str(program), "-p", COMMON["prompt"], "--model", "large-1"]
        assert ANSWER in driven(asked, cwd=work, env=environment, stdin=subprocess.DEVNULL)
    found = inspected(log)
    assert found["n_rejects"] == 0
    (row,) = found["exchanges"]
    assert row["account_id"], "the id of the installation, where nobody has signed in"
    assert row["conversation_id"]
    expected = {"model": "large-1", "prompt": COMMON["prompt"], "completion": ANSWER, "status": "ok"}
    expected |= {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS, "client_ip": None}
    assert {name: row[name] for name in expected} == expected
    # Its own session files are a client's notes, and no log of a provider: no format reads them.
    assert list((tmp_path / "config").rglob("projects/**/*.jsonl"))
