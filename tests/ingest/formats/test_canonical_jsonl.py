from typing import Any

import pytest

from stillwatch.ingest.formats.canonical_jsonl import recognise


def test_rows_and_their_rejects(read: Any, log: Any, exchange: Any) -> None:
    result = read(
        log(
            exchange(1),
            b"",
            exchange(2, status="maybe"),
            exchange(3, at=None),
            b"{",
            exchange(6, exchange_id=None),
        )
    )
    assert [(row["exchange_id"], row["position"]) for row in result.rows] == [("x-1", 1)]
    assert [reject["position"] for reject in result.rejects] == [3, 4, 5, 6]
    assert "exchange_id is missing" in result.reasons[3]


def test_recognised_by_required_columns() -> None:
    assert recognise(dict.fromkeys(("exchange_id", "at", "account_id", "model", "status"))) == 1
    assert recognise({"model": "m"}) < 0.5


def test_sampling_parameters_and_digests(read: Any, log: Any, exchange: Any) -> None:
    given = {
        "n_samples": 8,
        "logprobs": True,
        "seed": -(2**63),
        "batch": False,
        "answer_digests": [-(2**63), 2**63 - 1],
    }
    result = read(log(exchange(1, **given), exchange(2), exchange(3, answer_digests=[], seed=2**62 + 1)))
    assert result.rejects == []
    first, bare, third = result.rows
    assert {name: first[name] for name in given} == given
    assert {name: bare[name] for name in given} == dict.fromkeys(given)
    assert (third["answer_digests"], third["seed"]) == ([], 2**62 + 1)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("n_samples", "four", "n_samples has the wrong type; a whole number is right"),
        ("n_samples", -1, "n_samples is negative"),
        ("n_samples", 2**31, "n_samples is larger than 2147483647"),
        ("logprobs", 5, "logprobs has the wrong type; true or false is right"),
        ("logprobs", [True], "logprobs has the wrong type; true or false is right"),
        ("seed", 2**63, "seed has the wrong type; a whole number of 64 bits is right"),
        ("seed", 1.5, "seed has the wrong type; a whole number of 64 bits is right"),
        ("seed", True, "seed has the wrong type; a whole number of 64 bits is right"),
        ("batch", "job-7", "batch has the wrong type; true or false is right"),
        ("answer_digests", 7, "answer_digests has the wrong type; a list of whole numbers of 64 bits is right"),
        ("answer_digests", ["a"], "answer_digests has the wrong type; a list of whole numbers of 64 bits is right"),
        ("answer_digests", [1, None], "answer_digests has the wrong type; a list of whole numbers of 64 bits is right"),
        ("answer_digests", [2**63], "answer_digests has the wrong type; a list of whole numbers of 64 bits is right"),
        ("answer_digests", [True], "answer_digests has the wrong type; a list of whole numbers of 64 bits is right"),
    ],
)
def test_a_wrong_type_is_a_reject_of_its_row_alone(
    read: Any, log: Any, exchange: Any, name: str, value: Any, reason: str
) -> None:
    good = {"n_samples": 1, "logprobs": True, "seed": 7, "batch": True, "answer_digests": [1]}[name]
    result = read(log(exchange(1, **{name: good}), exchange(2, **{name: value}), exchange(3)))
    assert [(row["position"], row[name]) for row in result.rows] == [(1, good), (3, None)]
    assert [reject["position"] for reject in result.rejects] == [2]
    assert result.reasons == [reason]
