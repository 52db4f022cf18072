"""Send a plan to a running LiteLLM proxy through the real OpenAI and Anthropic SDKs.

Run by the interpreter that has both: ``python drive_litellm.py PLAN.jsonl http://127.0.0.1:PORT``. Prints one JSON object:
seconds, requests per route, and the places in the plan whose HTTP status was not the expected one.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anthropic
import openai

WORKERS = 8


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _with_system(request: dict[str, Any]) -> list[dict[str, str]]:
    system = request["system"]
    return [*([{"role": "system", "content": system}] if system else []), *request["turns"]]


def _chat(client: openai.OpenAI, request: dict[str, Any]) -> None:
    stream = request["route"] == "chat_stream"
    answer = client.chat.completions.create(
        model=request["model"],
        messages=_with_system(request),
        stream=stream,
        **_given(max_tokens=request["max_tokens"], temperature=request["temperature"], tools=request["tools"]),
    )
    if stream:
        for _ in answer:
            pass


def _responses(client: openai.OpenAI, request: dict[str, Any]) -> None:
    turns = request["turns"]
    client.responses.create(
        model=request["model"],
        input=turns[0]["content"] if len(turns) == 1 else turns,
        **_given(
            instructions=request["system"],
            max_output_tokens=request["max_tokens"],
            temperature=request["temperature"],
        ),
    )


def _completions(client: openai.OpenAI, request: dict[str, Any]) -> None:
    client.completions.create(
        model=request["model"],
        prompt=request["turns"][-1]["content"],
        **_given(max_tokens=request["max_tokens"], temperature=request["temperature"]),
    )


def _messages(client: anthropic.Anthropic, request: dict[str, Any]) -> None:
    client.messages.create(
        model=request["model"],
        messages=request["turns"],
        max_tokens=request["max_tokens"] or 1024,
        **_given(system=request["system"]),
    )


class Driver:
    """Both SDKs, each over one pool of connections, lent to every account under its own key and headers."""

    def __init__(self, url: str) -> None:
        self._openai = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        self._anthropic = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)

    def send(self, request: dict[str, Any]) -> int:
        """Send one request and return the HTTP status."""
        headers = {"User-Agent": request["client"], "X-Forwarded-For": request["forwarded_for"]}
        options = {"api_key": request["key"], "default_headers": headers}
        try:
            match request["route"]:
                case "messages":
                    _messages(self._anthropic.with_options(**options), request)
                case "responses":
                    _responses(self._openai.with_options(**options), request)
                case "completions":
                    _completions(self._openai.with_options(**options), request)
                case _:
                    _chat(self._openai.with_options(**options), request)
        except (openai.APIStatusError, anthropic.APIStatusError) as error:
            return error.status_code
        return 200


def main(plan: Path, url: str) -> None:
    """Send the plan in its order, a few requests at a time."""
    requests = [json.loads(line) for line in plan.read_text("utf-8").splitlines()]
    driver = Driver(url)
    started = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        statuses = list(pool.map(driver.send, requests))
    unexpected = [
        {"place": place, "route": request["route"], "expected": request["expect"], "got": status}
        for place, (request, status) in enumerate(zip(requests, statuses, strict=True))
        if status != request["expect"]
    ]
    summary = {
        "seconds": round(time.monotonic() - started, 1),
        "routes": Counter(request["route"] for request in requests),
        "statuses": Counter(map(str, statuses)),
        "unexpected": unexpected,
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
