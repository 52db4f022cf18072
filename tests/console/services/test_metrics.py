import re

from stillwatch.console.services.metrics import RequestCounter, exposition


def test_requests_are_counted_by_route_and_never_by_path():
    counter = RequestCounter()
    counter.note("GET", "/cases/{case_id}", 200, 0.25)
    counter.note("GET", "/cases/{case_id}", 200, 0.5)
    counter.note("POST", '/odd"\n', 503, 1.0)
    lines = list(counter.lines())
    assert 'stillwatch_http_requests_total{method="GET",route="/cases/{case_id}",status="200"} 2' in lines
    assert 'stillwatch_http_request_seconds_sum{method="GET",route="/cases/{case_id}"} 0.75' in lines
    assert 'stillwatch_http_request_seconds_count{method="GET",route="/cases/{case_id}"} 2' in lines
    assert 'stillwatch_http_requests_total{method="POST",route="/odd\\"\\n",status="503"} 1' in lines


def test_made_up_methods_take_no_memory():
    counter = RequestCounter()
    for number in range(100):
        counter.note(f"METHOD{number}", "unknown", 405, 0.1)
    assert [line for line in counter.lines() if "method" in line] == [
        'stillwatch_http_requests_total{method="other",route="unknown",status="405"} 100',
        'stillwatch_http_request_seconds_sum{method="other",route="unknown"} 10',
        'stillwatch_http_request_seconds_count{method="other",route="unknown"} 100',
    ]


def test_the_text_is_what_prometheus_reads(desk, taken):
    with desk.look() as look:
        text = exposition(look, RequestCounter())
    sample = re.compile(r'stillwatch_[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? [0-9.e+-]+')
    for line in text.splitlines():
        assert line.startswith(("# HELP stillwatch_", "# TYPE stillwatch_")) or sample.fullmatch(line), line
    assert text.endswith("\n")
    assert 'stillwatch_cases{state="open",severity="urgent"} 1' in text
    assert "stillwatch_audit_entries 1" in text
    assert "acct_" not in text
