import pytest

from stillwatch.ingest.parsing.sampling import read_limits, read_sampling


@pytest.mark.parametrize(
    ("body", "n_samples", "logprobs", "seed"),
    [
        ({}, None, None, None),
        ({"n": 4, "seed": 42, "logprobs": True, "top_logprobs": 5}, 4, True, 42),
        ({"n": 1, "seed": 0, "logprobs": False}, 1, False, 0),
        ({"prompt": "Once upon", "n": 2, "best_of": 8, "logprobs": 5}, 2, True, None),
        ({"prompt": "Once upon", "logprobs": 0}, None, True, None),
        ({"input": "Hi", "include": ["message.output_text.logprobs"]}, None, True, None),
        ({"input": "Hi", "include": ["reasoning.encrypted_content"]}, None, None, None),
        ({"input": "Hi", "top_logprobs": 3}, None, True, None),
        ({"input": "Hi", "top_logprobs": 0}, None, None, None),
        ({"candidateCount": 3, "seed": -7, "responseLogprobs": True, "logprobs": 2}, 3, True, -7),
        ({"candidate_count": 3, "response_logprobs": False, "logprobs": 2}, 3, False, None),
        ({"random_seed": 11}, None, None, 11),
        ({"n": "2", "seed": "7", "logprobs": "true"}, 2, True, 7),
        ({"seed": 2**63 - 1}, None, None, 2**63 - 1),
    ],
)
def test_names_of_every_api(body: dict[str, object], n_samples: int | None, logprobs: bool | None, seed: int) -> None:
    assert read_sampling(body) == {"n_samples": n_samples, "logprobs": logprobs, "seed": seed}


@pytest.mark.parametrize(
    "body",
    [
        {"n": "many", "seed": "x", "logprobs": "maybe"},
        {"n": -1, "seed": 2**63, "logprobs": {"top": 1}},
        {"n": 2**31, "seed": 1.5, "top_logprobs": "x"},
        {"n": [2], "seed": True, "include": {"message.output_text.logprobs": 1}},
        {"n": float("inf"), "seed": "9" * 400, "logprobs": None},
    ],
)
def test_what_a_caller_makes_up_is_missing_and_no_error(body: dict[str, object]) -> None:
    assert read_sampling(body) == {"n_samples": None, "logprobs": None, "seed": None}


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ({"temperature": "0.7", "max_tokens": "100", "stream": "true"}, (0.7, 100, True)),
        ({"maxOutputTokens": 64, "temperature": 0}, (0, 64, None)),
        ({"options": {"temperature": 0.5, "num_predict": 50}, "stream": False}, (0.5, 50, False)),
        ({"temperature": "hot", "max_tokens": "lots", "stream": "maybe"}, (None, None, None)),
        ({"temperature": [1], "max_tokens": -1, "stream": {}}, (None, None, None)),
        ({"temperature": "9" * 400, "max_tokens": 2**40, "stream": 7}, (None, None, None)),
    ],
)
def test_limits_that_a_caller_made_up_are_missing(body: dict[str, object], limits: tuple[object, ...]) -> None:
    found = read_limits(body)
    assert (found["temperature"], found["max_output_tokens"], found["stream"]) == limits
