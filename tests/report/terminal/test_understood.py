from stillwatch.report.terminal.understood import exchange_grids, facts_grids, reasons_grid, sources_grid
from stillwatch.tables import STAGED

ROW = dict.fromkeys(STAGED.names) | {
    "exchange_id": "x1", "account_id": "a", "at": "2026-03-02T08:15:30+00:00", "model": "m", "status": "ok",
    "source": "a.jsonl", "position": 7,
}  # fmt: skip


def cells(row, place=(0, 0), *, trusted=False):
    (grid,) = exchange_grids([ROW | row], [place], trusted=trusted)
    assert grid.title == "Row 7 of a.jsonl"
    return dict(grid.rows)


def test_sources_stand_with_their_counts_and_too_many_are_counted():
    source = {"source": "a", "format": None, "n_rows": 3_000, "n_exchanges": 2_000, "n_rejects": 1_000}
    assert sources_grid([source]).rows == [("a", "none", "3,000", "2,000", "1,000")]
    many = sources_grid([source] * 25)
    assert (len(many.rows), many.title) == (20, "Sources; 5 more are not shown")


def test_a_row_says_what_was_understood_and_what_was_not():
    found = cells(
        {
            "organization_id": "o", "input_tokens": 1_200, "max_output_tokens": 5, "n_tools": 2, "tools_digest": "d",
            "temperature": 0.7, "stream": False, "seed": 42, "prompt": "Hi", "completion": "x" * 1_000,
            "user_agent": "ua", "client_fingerprint": "t13", "sketch": "AgA=",
        }
    )  # fmt: skip
    assert (found["organization"], found["tokens"], found["tools"]) == ("o", "1,200 in, 5 at most", "2, digest d")
    assert found["parameters"] == "temperature 0.7, seed 42, stream no"
    assert found["answer"] == "x" * 240 + "… (1,000 characters)"
    assert (found["user agent"], found["fingerprint"], found["sketch"]) == ("ua", "t13", "stands for the texts")
    assert "client_ip" in found["no value"]
    assert "prompt" not in found["no value"].split(", ")
    assert "source" not in found["no value"]


def test_a_row_says_where_its_address_came_from():
    known = {"client_ip": "203.0.113.9"}
    assert cells(known, (1, 1))["address"] == "203.0.113.9 (the only address of the record)"
    assert "the last of 3 addresses: ingest.trusted_hops is not set" in cells(known, (3, 3))["address"]
    assert "the last of 3 addresses: it is no trusted hop" in cells(known, (3, 3), trusted=True)["address"]
    assert "address 2 of 3: those after it are trusted hops" in cells(known, (2, 3), trusted=True)["address"]
    assert cells({}, (0, 2))["address"] == "none; what the log holds there is no address"
    assert "address" not in cells({})


def test_reasons_stand_with_an_example():
    rejects = [{"source": "a", "position": p, "reason": "odd"} for p in (1_000, 2)]
    grid = reasons_grid([("odd", 2_000), *((f"r{n}", 1) for n in range(12))], rejects)
    assert grid.rows[0] == ("2,000", "odd", "row 1,000 of a")
    assert (len(grid.rows), grid.title) == (10, "Rejects; 3 further reasons")


def test_facts_stand_by_name_and_by_account():
    facts = [{"account_id": "a", "name": "plan", "value": "free"}, {"account_id": "a", "name": "card", "value": "c"}]
    counts, accounts = facts_grids([("plan", 1, 1)], facts)
    assert counts.rows == [("plan", "1", "1")]
    assert accounts.rows == [("a", "plan: free\ncard: c")]
