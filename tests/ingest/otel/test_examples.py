from stillwatch.ingest.otel.examples import encoded, examples, log, logs_request, span, spans_request


def test_every_example_has_ids_of_its_own() -> None:
    written = [str(example) for example in examples()]
    assert len(written) == len(set(written))


def test_values_are_encoded_by_their_type() -> None:
    kinds = [list(entry["value"]) for entry in encoded({"a": "x", "b": 1, "c": 1.5, "d": True, "e": {"f": "g"}})]
    assert kinds == [["stringValue"], ["intValue"], ["doubleValue"], ["boolValue"], ["kvlistValue"]]


def test_requests() -> None:
    assert "resourceSpans" in spans_request(span(1, {}))
    assert "traceId" not in logs_request(log(0, {}))["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
