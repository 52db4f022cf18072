import re

from stillwatch.ingest.otel.attributes import camelised, decoded, numbered, value_of

NAMES = re.compile(r"(llm\.input|tools)\.(\d{1,6})\.(.+)")


def test_values_of_every_otlp_type() -> None:
    value = {
        "kvlistValue": {
            "values": [{"key": "a", "value": {"arrayValue": {"values": [{"intValue": "7"}, {"boolValue": False}]}}}]
        }
    }
    assert decoded([{"key": "k", "value": value}, {"key": 3}, "junk"]) == {"k": {"a": ["7", False]}}
    assert decoded("junk") == {}
    assert value_of({"stringValue": ""}) is None
    assert value_of({"doubleValue": 0.0}) == 0.0


def test_a_mapping_stays_as_the_consoles_of_the_sdks_print_it() -> None:
    assert decoded({"gen_ai.system": "x", 3: 4}) == {"gen_ai.system": "x"}


def test_numbered_attributes_become_lists_in_the_order_of_their_numbers() -> None:
    attributes = {
        "llm.input.10.role": "user",
        "llm.input.9.parts.1.text": "b",
        "llm.input.9.parts.0.text": "a",
        "tools.0.name": "run",
        "llm.inputs.0.role": "other",
        "llm.input": "whole",
    }
    assert numbered(attributes, NAMES) == {
        "llm.input": [{"parts": [{"text": "a"}, {"text": "b"}]}, {"role": "user"}],
        "tools": [{"name": "run"}],
    }


def test_a_name_that_is_a_value_and_a_prefix_keeps_the_value() -> None:
    assert numbered({"tools.0.a": 1, "tools.0.a.b": 2}, NAMES) == {"tools": [{"a": 1}]}


def test_names_of_the_protobuf_files() -> None:
    written = {"resource_spans": [{"scope_spans": [{"spans": [{"start_time_unix_nano": "1"}]}]}]}
    assert camelised(written) == {"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "1"}]}]}]}
