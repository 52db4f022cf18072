"""Compose what 120 accounts ask a proxy: ninety people with tastes and thirty workers dealt one worklist.

Run as ``python compose_traffic.py OUT_DIR``; writes ``plan.jsonl`` (requests in the order to send them),
``accounts.json`` (API key → what the proxy's authentication knows) and ``truth.json`` (the thirty). The same seed gives
the same bytes. Nothing but the worklist connects the thirty: addresses, clients, keys, models and settings are drawn
for each account from the same lists as everybody else's.
"""

import argparse
import ipaddress
import json
import random
import tomllib
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"
HONEST_ACCOUNTS, CAMPAIGN_ACCOUNTS = 90, 30
HONEST_REQUESTS, CAMPAIGN_REQUESTS = (9, 15), 16
ROUTES = ("chat", "chat_stream", "responses", "completions", "messages")
MODELS = ("large", "small", "claude")
CLIENTS = (
    "acme-desk/2.1", "axios/1.7.9", "curl/8.9.1", "Go-http-client/2.0", "LibreChat/0.8.1", "node-fetch/3.3",
    "notes-plugin/0.14", "okhttp/4.12.0", "OpenWebUI/0.6", "python-httpx/0.28.1", "python-requests/2.32.5", "Ruby/3.3",
)  # fmt: skip
MAIL = ("example.com", "example.net", "example.org", "mail.example", "post.example")
SYSTEMS = (
    "You are a helpful assistant.",
    "Answer in plain English.",
    "Be brief.",
    "You are a patient teacher.",
)
TOOL = {
    "type": "function",
    "function": {
        "name": "search_notes",
        "description": "Search the user's notes.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}  # fmt: skip

Turns = list[dict[str, str]]


def _address(rng: random.Random) -> str:
    while True:
        address = ipaddress.IPv4Address(rng.getrandbits(32))
        if address.is_global and not address.is_multicast:
            return str(address)


def _account(rng: random.Random) -> dict[str, Any]:
    """Draw what an account is, the same way for everybody."""
    name = f"u-{rng.getrandbits(40):010x}"
    return {
        "account": name,
        "key": f"sk-{rng.getrandbits(96):024x}",
        "email": f"{name}@{rng.choice(MAIL)}",
        "addresses": [_address(rng) for _ in range(rng.choice((1, 1, 2)))],
        "client": rng.choice(CLIENTS),
        "routes": rng.choices(ROUTES, k=2),
        "model": rng.choice(MODELS),
        "system": rng.choice((None, None, *SYSTEMS)),
        "max_tokens": rng.choice((None, None, 256, 512, 1000, 2048)),
        "temperature": rng.choice((None, None, 0.0, 0.2, 0.7, 1.0)),
        "tools": [TOOL] if rng.random() < 0.15 else None,
    }


def _styled(text: str, style: dict[str, Any]) -> str:
    whole = f"{style['before']}{text}{style['after']}"
    return whole.lower() if style["lower"] else whole[0].upper() + whole[1:]


def _tastes(rng: random.Random, texts: dict[str, Any], people: int) -> list[list[dict[str, list[str]]]]:
    """Deal each person one topic, some a second; of a topic everybody has their own things and ways of asking."""
    names = sorted(texts["topics"])
    dealt = [name for _ in range(people // len(names) + 1) for name in rng.sample(names, len(names))]
    tastes = []
    for name in dealt[:people]:
        chosen = [name, *([rng.choice(names)] if rng.random() < 0.25 else [])]
        topics = [texts["topics"][topic] for topic in chosen]
        tastes.append([{"things": rng.sample(t["things"], 7), "asks": rng.sample(t["asks"], 4)} for t in topics])
    return tastes


def _person(rng: random.Random, texts: dict[str, Any], topics: list[dict[str, list[str]]], count: int) -> list[Turns]:
    """Return *count* requests of somebody with one or two topics, who follows up, chats and repeats."""
    style = rng.choice(texts["style"])
    requests: list[Turns] = []
    while len(requests) < count:
        topic = rng.choice(topics)
        a, b = rng.sample(topic["things"], 2)
        asked = rng.choice(texts["small_talk"]) if rng.random() < 0.1 else rng.choice(topic["asks"])
        turns: Turns = [{"role": "user", "content": _styled(asked.format(a=a, b=b), style)}]
        requests.append(turns)
        if rng.random() < 0.08:
            requests.append(turns)  # the answer did not come, so the same again
        while rng.random() < 0.45:
            answer = f"About {a}: it depends on {b}, mostly."
            follow = rng.choice(texts["follow_up"]).format(a=a, b=b)
            turns = [*turns, {"role": "assistant", "content": answer}, {"role": "user", "content": follow}]
            requests.append(turns)
    return requests[:count]


def _worklist(rng: random.Random, texts: dict[str, Any], count: int) -> list[str]:
    """Return *count* different tasks over every kind, shuffled: sampling without replacement."""
    wordings = [wording for kind in texts["kinds"].values() for wording in kind]
    items: dict[str, None] = {}
    while len(items) < count:
        wording = rng.choice(wordings)
        items[wording.format(**{name: rng.choice(values) for name, values in texts["fill"].items()})] = None
    return list(items)


def _request(rng: random.Random, who: dict[str, Any], turns: Turns) -> dict[str, Any]:
    route = rng.choice(who["routes"])
    if route == "completions":
        turns = turns[-1:]  # the legacy route has no turns
    trouble = rng.random()
    return {
        "account": who["account"],
        "key": who["key"],
        "route": route,
        "model": "nowhere"
        if trouble < 0.015
        else "limited"
        if trouble < 0.03 and route != "responses"
        else who["model"],
        "expect": 400 if trouble < 0.015 else 429 if trouble < 0.03 and route != "responses" else 200,
        "system": who["system"],
        "turns": turns,
        "max_tokens": who["max_tokens"],
        "temperature": who["temperature"],
        "tools": who["tools"],
        "client": who["client"],
        "forwarded_for": rng.choice(who["addresses"]),
    }


def _interleaved(rng: random.Random, streams: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Merge the streams at random; each keeps its own order."""
    order = [index for index, stream in enumerate(streams) for _ in stream]
    rng.shuffle(order)
    waiting = [iter(stream) for stream in streams]
    return [next(waiting[index]) for index in order]


def compose(seed: int) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Return the plan, the accounts by API key and the truth."""
    rng = random.Random(seed)
    honest = tomllib.loads((TEXTS / "honest.toml").read_text("utf-8"))
    worklist = tomllib.loads((TEXTS / "worklist.toml").read_text("utf-8"))
    people = [_account(rng) for _ in range(HONEST_ACCOUNTS)]
    workers = [_account(rng) for _ in range(CAMPAIGN_ACCOUNTS)]
    streams = []
    for who, topics in zip(people, _tastes(rng, honest, HONEST_ACCOUNTS), strict=True):
        asked = _person(rng, honest, topics, rng.randint(*HONEST_REQUESTS))
        streams.append([_request(rng, who, turns) for turns in asked])
    tasks = _worklist(rng, worklist, CAMPAIGN_ACCOUNTS * CAMPAIGN_REQUESTS)
    for index, who in enumerate(workers):
        dealt = tasks[index::CAMPAIGN_ACCOUNTS]
        streams.append([_request(rng, who, [{"role": "user", "content": task}]) for task in dealt])
    stranger = {**_account(rng), "account": None}
    refused = [_request(rng, stranger, [{"role": "user", "content": "anybody home?"}]) for _ in range(10)]
    for index, request in enumerate(refused):
        request.update(route=ROUTES[index % len(ROUTES)], model="large", expect=401)
    plan = _interleaved(rng, [*streams, refused])
    everybody = sorted([*people, *workers], key=lambda who: who["account"])
    accounts = {who["key"]: {"user_id": who["account"], "user_email": who["email"]} for who in everybody}
    return plan, accounts, {"campaign": sorted(who["account"] for who in workers)}


def main() -> None:
    """Write the three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    plan, accounts, truth = compose(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "plan.jsonl").write_text("".join(json.dumps(request) + "\n" for request in plan), "utf-8")
    (arguments.out / "accounts.json").write_text(json.dumps(accounts, indent=1), "utf-8")
    (arguments.out / "truth.json").write_text(json.dumps(truth, indent=1), "utf-8")


if __name__ == "__main__":
    main()
