from stillwatch.ingest.formats.cloudflare_ai_gateway import FORMAT

PUSHED, LIMITED, LISTED = FORMAT.examples()


def test_a_pushed_event_has_no_text() -> None:
    row = FORMAT.row(PUSHED)
    assert (row["account_id"], row["conversation_id"], row["client_ip"]) == ("acct-7", "c-1", "203.0.113.9")
    assert (row["model"], row["status"]) == ("large-1", "ok")
    assert (row.get("prompt"), row.get("completion")) == (None, None)


def test_over_the_limit() -> None:
    row = FORMAT.row(LIMITED)
    assert (row["account_id"], row["status"]) == ("acct-8", "throttled")
    assert FORMAT.row({**LIMITED, "StatusCode": 200})["status"] == "throttled"


def test_a_record_of_the_api() -> None:
    row = FORMAT.row(LISTED)
    assert (row["exchange_id"], row["account_id"], row["input_tokens"], row["output_tokens"]) == ("01J0", 7, 18, 40)
    assert FORMAT.row({**LISTED, "success": False, "status_code": None})["status"] == "error"


def test_bodies_that_are_not_encrypted_are_read() -> None:
    asked = '{"model": "large-1", "messages": [{"role": "user", "content": "Why?"}]}'
    assert FORMAT.row({**PUSHED, "RequestBody": asked})["prompt"] == "Why?"
