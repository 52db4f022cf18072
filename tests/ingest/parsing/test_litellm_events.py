from typing import Any

import pytest

from stillwatch.ingest.parsing.litellm_events import failure_words, is_inference, is_of_2024, modern


@pytest.mark.parametrize(
    "kind",
    [
        *("acompletion", "completion", "atext_completion", "aembedding", "aresponses", "anthropic_messages"),
        *("agenerate_content_stream", "aimage_generation", "atranscription", "arerank", "pass_through_endpoint"),
        *("allm_passthrough_route", "arun_thread", "_arealtime", "create_video", "acompact_responses", "", None, "new"),
    ],
)
def test_calls_of_a_model(kind: str | None) -> None:
    assert is_inference({"call_type": kind}, {})


@pytest.mark.parametrize(
    "kind",
    [
        *("call_mcp_tool", "list_mcp_tools", "amoderation", "acreate_file", "afile_content", "acreate_batch"),
        *("aretrieve_batch", "batch_retrieve", "alist_batches", "alist_input_items", "aget_responses", "a_add_message"),
        *("adelete_responses", "acancel_responses", "ahealth_check", "avector_store_search", "alist_fine_tuning_jobs"),
        *("acreate_container", "video_retrieve", "get_assistants", "acreate_thread", "arun_code", "asearch"),
    ],
)
def test_what_no_model_answers(kind: str) -> None:
    assert not is_inference({"call_type": kind}, {})


@pytest.mark.parametrize(
    ("record", "who"),
    [
        ({"request_tags": ["litellm-internal-health-check"]}, {}),
        ({"request_tags": '["litellm-internal-health-check"]'}, {}),
        ({"api_key": "litellm-internal-health-check"}, {}),
        ({}, {"user_api_key_alias": "litellm_internal_jobs"}),
        ({"mcp_namespaced_tool_name": "github/list_issues"}, {}),
    ],
)
def test_calls_of_the_proxy_itself_and_of_tools(record: dict[str, Any], who: dict[str, Any]) -> None:
    assert not is_inference({"call_type": "acompletion", **record}, who)


def test_a_row_of_2024_that_failed() -> None:
    old = {
        "request_kwargs": {"model": "m", "messages": [], "optional_params": {"user": "u"}},
        "response_obj": {},
        "start_time": "2024-08-14 08:36:30",
        "spend_log_metadata": '{"user_api_key_user_id": "u-1"}',
        "exception": "litellm.RateLimitError: too fast",
        "log_event_type": "failed_api_call",
    }
    assert is_of_2024(old)
    found = modern(old)
    assert (found["status"], found["end_user"], found["metadata"]) == (
        "failure",
        "u",
        '{"user_api_key_user_id": "u-1"}',
    )
    assert "RateLimitError" in failure_words(found, {})
    assert modern({"call_type": "x"}) == {"call_type": "x"}


def test_a_row_of_the_loggers_for_s3_and_dynamodb() -> None:
    old = {"call_type": "acompletion", "modelParameters": {"temperature": 0.1}, "usage": {"prompt_tokens": 3}}
    found = modern(old)
    assert (found["model_parameters"], found["prompt_tokens"]) == ({"temperature": 0.1}, 3)
