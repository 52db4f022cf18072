"""Small worlds and a tiny folder of parts, made once per session."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.world_context import WorldContext, build_context


@pytest.fixture
def context() -> WorldContext:
    return build_context(lab.WorldSpec(days=7, accounts=0), 1)


@pytest.fixture(scope="session")
def spec() -> lab.WorldSpec:
    return lab.WorldSpec(
        name="small",
        days=7,
        accounts=300,
        lookalikes=(lab.LookalikeSpec(family="company_seats", accounts=10),),
        campaigns=(
            lab.CampaignSpec(name="hidden", accounts=24, start_day=1, shared={"payment": 0.25, "device": 0.25}),
        ),
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, spec: lab.WorldSpec) -> Path:
    out = tmp_path_factory.mktemp("world") / "small"
    lab.build(out, spec, seed=3)
    return out


@pytest.fixture(scope="session")
def exchanges(world: Path) -> pa.Table:
    return pa.concat_tables(
        [pq.read_table(p, partitioning=None) for p in sorted((world / "exchanges").glob("*.parquet"))]
    )


@pytest.fixture(scope="session")
def prompts() -> pa.Table:
    rows: list[tuple[str, str, str, str, str]] = []
    for i in range(120):
        rows.append(
            (
                "searches",
                "benign",
                "search",
                "",
                f"who wrote book number {i} about {'whales' if i % 2 else 'trains'}",
            )
        )
        rows.append(("intents", "benign", "bot", f"intent{i % 4}", f"please do thing {i} with my account"))
        rows.append(
            (
                "chats",
                "benign",
                "chat",
                "",
                f"tell me a story {i} on {'gardens, rain and tulips' if i % 3 else 'python code with a class error'}",
            )
        )
        rows.append(("tools", "harvest", "tool-use", "", f"use the tool on case {i}"))
        rows.append(("exam", "dual", "reasoning", "part", f"exam question {i}: what is {i} plus {i}?"))
    rows.append(("chats", "benign", "chat", "", "x" * 9_000))
    rows.append(("tools", "harvest", "tool-use", "", "use the tool on case 0"))
    return pa.table(
        dict(zip(("source", "role", "kind", "topic", "text"), map(list, zip(*rows, strict=True)), strict=True))
    )


@pytest.fixture(scope="session")
def dialogues() -> pa.Table:
    rows = [(f"d{i}", "Trains_1", turn, f"dialogue {i} turn {turn}") for i in range(6) for turn in range(4)]
    return pa.table(
        dict(zip(("dialogue_id", "services", "turn", "text"), map(list, zip(*rows, strict=True)), strict=True))
    )


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory, prompts: pa.Table, dialogues: pa.Table) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    pq.write_table(prompts, folder / "prompts.parquet")
    pq.write_table(dialogues, folder / "dialogues.parquet")
    windows = np.arange(144)
    clients = [
        {"client": name, "start_s": 600.0 * w, "rate_per_s": float(w % 24 > 8), "cv": cv}
        for name, cv in (("steady", 1.0), ("bursty", 4.0))
        for w in windows.tolist()
    ]
    pq.write_table(pa.Table.from_pylist(clients), folder / "servegen_clients.parquet")
    azure = [{"workload": w, "context_tokens": 100, "generated_tokens": n} for w, n in (("conv", 77), ("code", 11))] * 5
    pq.write_table(pa.Table.from_pylist(azure), folder / "azure_llm.parquet")
    (folder / "x4bnet_vpn_ipv4.txt").write_text("5.6.7.0/24\n9.8.0.0/16\n", encoding="utf-8")
    (folder / "disposable_domains.txt").write_text("throwaway.example\n", encoding="utf-8")
    return folder
