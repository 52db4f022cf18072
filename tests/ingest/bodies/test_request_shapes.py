from typing import Any

import pytest

from stillwatch.ingest.bodies.request_shapes import known_request, model_name
from stillwatch.ingest.parsing.messages import read_request


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"contents": "Why?", "config": {"system_instruction": "Be brief.", "max_output_tokens": 9}},
            {"prompt": "Why?", "system_prompt": "Be brief.", "max_output_tokens": 9},
        ),
        (
            {"contents": [{"parts": [{"text": "Why?"}]}], "system_instruction": {"parts": [{"text": "Be brief."}]}},
            {"prompt": "Why?", "system_prompt": "Be brief."},
        ),
        (
            {"inputText": "Why?", "textGenerationConfig": {"maxTokenCount": 8, "temperature": 0.5}},
            {"prompt": "Why?", "max_output_tokens": 8, "temperature": 0.5},
        ),
        ({"prompt": "[INST] Why? [/INST]", "max_gen_len": 7}, {"prompt": "Why?", "max_output_tokens": 7}),
        (
            {
                "messages": [{"role": "user", "content": [{"text": "Why?"}]}],
                "inferenceConfig": {"max_new_tokens": 6},
                "toolConfig": {"tools": [{"toolSpec": {"name": "a"}}, {"cachePoint": {"type": "default"}}]},
            },
            {"prompt": "Why?", "max_output_tokens": 6, "n_tools": 1},
        ),
        ({"message": "Why?", "preamble": "Be brief."}, {"prompt": "Why?", "system_prompt": "Be brief."}),
        ({"texts": ["One", "Two"], "input_type": "search_query"}, {"prompt": "One\nTwo"}),
        ({"text_prompts": [{"text": "A hill", "weight": 1}]}, {"prompt": "A hill"}),
        ({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "A hill"}}, {"prompt": "A hill"}),
        ({"inputs": "Why?", "parameters": {"max_new_tokens": 5}}, {"prompt": "Why?", "max_output_tokens": 5}),
        (
            {
                "contents": [{"role": "user", "parts": [{"text": "Why?"}]}],
                "tools": [{"functionDeclarations": [{"name": "a"}, {"name": "b"}]}, {"googleSearch": {}}],
            },
            {"n_tools": 3},
        ),
        ('{"messages": [{"role": "user", "content": "Why?"}], "max_tokens": 4}', {"prompt": "Why?"}),
    ],
)
def test_requests_of_every_family(body: Any, expected: dict[str, Any]) -> None:
    row = read_request(known_request(body))
    assert {name: row.get(name) for name in expected} == expected


def test_known_bodies_keep_their_content() -> None:
    body = {"model": "m", "input": "Why?", "instructions": "Be brief.", "max_output_tokens": 3}
    assert read_request(known_request(body)) == read_request(body)
    assert known_request("no object") == {}


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("arn:aws:bedrock:eu:111122223333:inference-profile/eu.large-1-v1:0", "eu.large-1-v1:0"),
        ("publishers/google/models/large-1", "large-1"),
        ("models/large-1", "large-1"),
        ("vendor/large-1", "vendor/large-1"),
        (None, None),
        (7, 7),
    ],
)
def test_model_of_a_resource_name(name: Any, model: Any) -> None:
    assert model_name(name) == model
