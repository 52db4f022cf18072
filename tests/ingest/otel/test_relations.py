from collections.abc import Sequence
from typing import Any

import pytest

from stillwatch.ingest.otel import relations
from stillwatch.ingest.otel.examples import log, span
from stillwatch.ingest.otel.relations import LEFT_ASIDE, REPEATED, UNKNOWN, related
from stillwatch.ingest.otel.reports import Report, log_report, resource_of, span_report
from stillwatch.ingest.parsing.format import RowFault, Skip

NOWHERE = resource_of(None)
SECOND = 10**9
START = 1_772_439_330 * SECOND
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "large-1"}


def spanned(
    number: int, attributes: dict[str, Any], *, inside: int = 0, trace: int = 1, emitter: str = "sdk", **at: float
) -> Report:
    """Return the report of a span in *trace*, inside of the span *inside*, from second *start* to second *end*."""
    first, last = (int(START + at.get(name, default) * SECOND) for name, default in (("start", 0), ("end", 1)))
    written = {
        **span(number, attributes),
        "traceId": f"{trace:032x}",
        "parentSpanId": f"{inside:016x}",
        "startTimeUnixNano": str(first),
        "endTimeUnixNano": str(last),
    }
    return span_report(written, NOWHERE, emitter)


def told(number: int, event: str, body: dict[str, Any] | None = None) -> Report:
    return log_report(log(number, {}, event, body), NOWHERE, "sdk")


def outcome(*reports: Report, sizes: Sequence[int] = ()) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return the rows, and every other unit."""
    given = sizes or [1] * len(reports)
    placed = ((number, {"report": report}, given[number]) for number, report in enumerate(reports))
    units = [unit for _, unit, _ in related(iter(placed))]
    rows = [unit["report"].row for unit in units if not isinstance(unit, Skip | RowFault)]
    return rows, [unit for unit in units if isinstance(unit, Skip | RowFault)]


def test_nested_reports_are_one_inference_with_what_either_tells() -> None:
    outer = spanned(1, {**CHAT, "user.id": "acct-1", "gen_ai.prompt": "Hello?"}, emitter="langchain")
    inner = spanned(2, {**CHAT, "gen_ai.usage.input_tokens": 7}, inside=1, emitter="openai")
    for reports in ((inner, outer), (outer, inner)):
        rows, others = outcome(*reports)
        assert [(r["account_id"], r["prompt"], r["input_tokens"]) for r in rows] == [("acct-1", "Hello?", 7)]
        assert others == [REPEATED]
        for report in reports:
            report.spent = False


def test_the_outermost_report_knows_best_who_asked() -> None:
    outer = spanned(1, {**CHAT, "metadata.user_api_key_user_id": "user-17"}, emitter="litellm")
    inner = spanned(2, {**CHAT, "gen_ai.user": "end-1"}, inside=1, emitter="openai")
    assert outcome(outer, inner)[0][0]["account_id"] == "user-17"


def test_a_report_around_several_inferences_gives_none_its_answer_and_counts() -> None:
    whole = {"ai.operationId": "ai.generateText", "ai.model.id": "m", "ai.usage.inputTokens": 24}
    outer = spanned(1, {**whole, "ai.prompt": '{"prompt": "Hello?"}', "ai.response.text": "Done.", "user.id": "a"})
    step = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m"}
    steps = [spanned(n, {**step, "ai.response.id": f"r-{n}"}, inside=1) for n in (2, 3)]
    rows, _ = outcome(*steps, outer)
    assert [(r["prompt"], r.get("completion"), r["input_tokens"], r["account_id"]) for r in rows] == [
        ("Hello?", None, None, "a")
    ] * 2


def test_a_tool_between_two_inferences_does_not_join_them() -> None:
    step = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m"}
    around = {"ai.operationId": "ai.generateText", "ai.model.id": "m"}
    reports = [
        spanned(1, around),
        spanned(2, step, inside=1),
        spanned(3, {"ai.operationId": "ai.toolCall"}, inside=1),
        spanned(4, around, inside=3),
        spanned(5, step, inside=4),
    ]
    assert len(outcome(*reports)[0]) == 2


def test_spans_around_an_inference_say_who_asked() -> None:
    server = spanned(1, {"enduser.id": "acct-1", "client.address": "203.0.113.7"}, emitter="http")
    step = spanned(2, {"http.route": "/chat"}, inside=1)
    call = spanned(3, {**CHAT, "user_agent.original": "sdk/1"}, inside=2)
    other = spanned(4, CHAT, trace=2, inside=1)
    rows, _ = outcome(call, step, server, other)
    assert [(r["account_id"], r["client_ip"], r["user_agent"]) for r in rows] == [
        ("acct-1", "203.0.113.7", "sdk/1"),
        (None, None, None),
    ]


def test_a_circle_of_parents_ends() -> None:
    assert len(outcome(spanned(1, CHAT, inside=2), spanned(2, {}, inside=1), spanned(3, CHAT, inside=3))[0]) == 2


def test_one_id_of_the_answer_in_two_traces() -> None:
    answer = {**CHAT, "gen_ai.response.id": "chatcmpl-1"}
    outer = spanned(1, {**answer, "user.id": "a"}, emitter="traceloop", end=2)
    inner = spanned(2, {**answer, "gen_ai.usage.input_tokens": 7}, trace=2, emitter="anthropic", start=0.5)
    rows, others = outcome(inner, outer)
    assert [(r["account_id"], r["input_tokens"]) for r in rows] == [("a", 7)]
    assert others == [REPEATED]


@pytest.mark.parametrize(
    "changes",
    [
        {"emitter": "traceloop"},  # the same library: two inferences
        {"start": 5, "end": 6},
        {"account": "b"},
        {"prompt": "Bye."},
    ],
)
def test_an_id_that_is_a_constant_joins_nobody(changes: dict[str, Any]) -> None:
    answer = {**CHAT, "gen_ai.response.id": "chatcmpl-1", "gen_ai.prompt": "Hello?", "user.id": "a"}
    mine = spanned(1, answer, emitter="traceloop")
    account, prompt = changes.pop("account", "a"), changes.pop("prompt", "Hello?")
    settings = {"trace": 2, "emitter": "anthropic", **changes}
    theirs = spanned(2, {**answer, "user.id": account, "gen_ai.prompt": prompt}, **settings)
    assert len(outcome(mine, theirs)[0]) == 2


def test_the_same_texts_from_two_libraries_one_around_the_other() -> None:
    said = {**CHAT, "gen_ai.prompt": "Hello?", "gen_ai.completion": "Yes."}
    outer = spanned(1, {**said, "user.id": "a"}, emitter="langchain", end=3)
    inner = spanned(2, said, trace=2, emitter="openai", start=1, end=2)
    beside = spanned(3, said, trace=3, emitter="openai", start=2, end=4)
    assert len(outcome(outer, inner, beside)[0]) == 2


def test_a_failed_call_that_two_libraries_report_is_one() -> None:
    """The SDK of Anthropic writes a span beside that of OpenLLMetry. Without an answer there is no id of one."""
    failed = {**CHAT, "error.type": "RateLimitError"}
    outer = spanned(1, {**failed, "gen_ai.prompt": "Hello?"}, inside=9, emitter="traceloop", end=3)
    inner = spanned(2, failed, inside=9, emitter="anthropic", start=1, end=2)
    rows, others = outcome(outer, inner)
    assert [(row["prompt"], row["status"]) for row in rows] == [("Hello?", "throttled")]
    assert others == [REPEATED]


@pytest.mark.parametrize(
    "changes",
    [{"emitter": "traceloop"}, {"start": 4, "end": 5}, {"inside": 8}, {"inside": 0}, {"trace": 2}, {"model": "small"},
     {"error": None}],
)  # fmt: skip
def test_failed_calls_that_differ_in_more_stay_two(changes: dict[str, Any]) -> None:
    failed = {**CHAT, "error.type": "RateLimitError"}
    outer = spanned(1, failed, inside=changes.get("inside", 9) and 9, emitter="traceloop", end=3)
    said = {**failed, "gen_ai.request.model": changes.pop("model", "large-1")}
    if "error" in changes:
        said.pop("error.type"), changes.pop("error")
    inner = spanned(2, said, **({"inside": 9, "emitter": "anthropic", "start": 1, "end": 2} | changes))
    assert len(outcome(outer, inner)[0]) == 2


def test_two_accounts_with_one_prompt_stay_two() -> None:
    said = {**CHAT, "gen_ai.prompt": "Hello?", "gen_ai.completion": "Yes."}
    outer = spanned(1, {**said, "user.id": "a"}, emitter="langchain", end=3)
    inner = spanned(2, {**said, "user.id": "b"}, trace=2, emitter="openai", start=1, end=2)
    assert len(outcome(outer, inner)[0]) == 2


def test_texts_in_log_records() -> None:
    call = spanned(1, {**CHAT, "user.id": "a"})
    said = [
        told(1, "gen_ai.system.message", {"content": "Be brief."}),
        told(1, "gen_ai.user.message", {"content": "Hello?"}),
        told(1, "gen_ai.choice", {"message": {"content": "Yes."}}),
    ]
    rows, others = outcome(*said[:2], call, said[2])
    assert [(r["system_prompt"], r["prompt"], r["completion"]) for r in rows] == [("Be brief.", "Hello?", "Yes.")]
    assert LEFT_ASIDE not in others


def test_text_without_its_inference_is_told() -> None:
    _, others = outcome(told(7, "gen_ai.user.message", {"content": "Hello?"}), told(7, "gen_ai.choice"))
    assert others[0] == LEFT_ASIDE
    assert others[1] != LEFT_ASIDE  # content was not captured


def test_an_unknown_vocabulary_is_no_silence() -> None:
    acme = {"acme.model": "m", "acme.usage.input_tokens": 3}
    assert outcome(spanned(1, acme)) == ([], [UNKNOWN])
    rows, others = outcome(spanned(1, acme, inside=2), spanned(2, CHAT), spanned(3, acme))
    assert len(rows) == 1
    assert others.count(UNKNOWN) == 1  # a span inside of an inference is a part of it
    _, others = outcome(spanned(2, CHAT, inside=1), spanned(1, acme))
    assert UNKNOWN not in others


def test_the_window_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "_BYTES", 100)
    inner = spanned(2, CHAT, inside=1)
    between = [spanned(n, {}, trace=9) for n in range(10, 22)]
    outer = spanned(1, CHAT)
    near, _ = outcome(inner, *between[:3], outer, sizes=[10] * 5)
    assert len(near) == 1
    for report in (inner, outer):
        report.spent = False
    far, _ = outcome(inner, *between, outer, sizes=[10] * 14)
    assert len(far) == 2


def test_order_is_kept() -> None:
    reports = [spanned(n, {**CHAT, "user.id": f"a-{n}"}, trace=n) for n in range(1, 6)]
    assert [row["account_id"] for row in outcome(*reports)[0]] == [f"a-{n}" for n in range(1, 6)]


def test_faults_pass() -> None:
    fault = RowFault("odd")
    assert list(related(iter([(1, fault, 5)]))) == [(1, fault, 5)]
