"""The model is parsed from the whole body, and what would undo a decision is taken out."""

import orjson
import pytest

from stillwatch.enforcement.bodies.request_body import OPT_OUTS, read_body, resolve
from stillwatch.errors import InputError

MESSAGES = [{"role": "user", "content": "What is a monoid?"}]


def test_the_model_may_stand_after_a_megabyte_of_messages():
    long = [{"role": "user", "content": "word " * 200_000}]
    found = read_body(orjson.dumps({"messages": long, "model": "large-1"}))
    assert found.model == "large-1"
    assert found.rewritten() is None


def test_the_last_of_doubled_keys_counts():
    assert read_body(b'{"model": "small", "messages": [], "model": "large"}').model == "large"


def test_a_model_inside_of_a_message_is_none():
    body = {"messages": [{"role": "user", "content": '{"model": "other"}', "model": "third"}], "model": "large"}
    assert read_body(orjson.dumps(body)).model == "large"


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/openai/deployments/large%20one/chat/completions?api-version=1", "large one"),
        ("/v1beta/models/gemini-3-pro:streamGenerateContent", "gemini-3-pro"),
        ("/model/anthropic.claude-5%3A0/invoke", "anthropic.claude-5:0"),
        ("/model/large/converse-stream", "large"),
        ("/v1/models/large", None),
        ("/v1/chat/completions", None),
    ],
)
def test_some_providers_name_it_in_the_path(path, model):
    assert read_body(b'{"messages": []}', path=path).model == model
    assert read_body(b'{"model": "said"}', path=path).model == "said"
    assert read_body(b"", path=path).model == model


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "large", "messages": [',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'["model"]',
        b'"large"',
        b'{"model": ["large"]}',
        b'{"model": {"id": "large"}}',
        b'{"model": 7}',
        b'{"model": "\xff"}',
        b'{"model": "large"} {"model": "small"}',
        b'{"model": NaN}',
    ],
)
def test_what_cannot_be_read_whole_is_refused(body):
    with pytest.raises(InputError) as caught:
        read_body(body)
    assert "large" not in str(caught.value)


def test_another_kind_of_body_is_no_json():
    found = read_body(b"--b\r\n", content_type="multipart/form-data; boundary=b", path="/v1/audio/transcriptions")
    assert (found.model, found.fields, found.rewritten()) == (None, None, None)


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/form-data; boundary=b", "application/octet-stream"])
def test_json_behind_another_type_is_read_all_the_same(kind):
    assert read_body(b' {"model": "large", "guardrails": []}', content_type=kind).removed == ("guardrails",)
    with pytest.raises(InputError):
        read_body(b'{"model": "large"', content_type=kind)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"])
def test_json_by_any_of_its_names(kind):
    assert read_body(b'{"model": "large"}', content_type=kind).model == "large"


@pytest.mark.parametrize("field", OPT_OUTS)
@pytest.mark.parametrize("inside", ["", "extra_body", "metadata"])
def test_a_field_that_undoes_a_decision_is_taken_out(field, inside):
    fields = {"model": "large", "messages": MESSAGES}
    (fields.setdefault(inside, {}) if inside else fields)[field] = False
    found = read_body(orjson.dumps(fields))
    assert found.removed == (f"{inside}.{field}" if inside else field,)
    left = orjson.loads(found.rewritten())
    assert (left["model"], left["messages"]) == ("large", MESSAGES)
    assert field not in left | left.get(inside or "none", {})


def test_the_word_in_a_message_is_left_alone():
    body = orjson.dumps({"model": "m", "messages": [{"role": "user", "content": "guardrails", "guardrails": []}]})
    assert read_body(body).rewritten() is None


def test_aliases_lead_to_a_model_and_never_around():
    aliases = {"best": "large", "large": "large-2026", "a": "b", "b": "a"}
    assert [resolve(name, aliases) for name in ("best", "large", "other", "a", None)] == [
        "large-2026", "large-2026", "other", "a", None,
    ]  # fmt: skip
