import base64
import hashlib
import json

import pytest

from stillwatch.report import inline


def test_data_cannot_leave_its_script_element():
    hostile = {"a": "</script><script>alert(1)</script>", "b": "<!--", "c": "\u2028\u2029&'"}
    text = str(inline.embed(hostile))
    assert not set("<>&'\u2028\u2029") & set(text)
    assert json.loads(text) == hostile


def test_what_json_lacks_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        inline.embed([float("nan")])


def test_digests_are_those_of_the_text():
    style, script = inline.style("page.css"), inline.script("page.js")
    for part in (style, script):
        assert part.digest == base64.b64encode(hashlib.sha256(str(part.text).encode()).digest()).decode()
    policy = inline.policy(style, script)
    assert f"style-src 'sha256-{style.digest}'" in policy
    assert f"script-src 'sha256-{script.digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_without_script_allows_none():
    assert "script-src 'none'" in inline.policy(inline.style("page.css"), None)


def test_the_licence_travels_with_the_script():
    assert "Permission is hereby granted" in inline.script("uPlot.iife.min.js").text
    assert "Leon Sorokin" in inline.read_asset("uPlot.LICENSE.txt")


def test_the_record_of_the_vendored_files_is_current():
    record = inline.read_asset("README.md")
    for name in ("uPlot.iife.min.js", "uPlot.min.css", "uPlot.LICENSE.txt"):
        assert f"{hashlib.sha256(inline.read_asset(name).encode()).hexdigest()}  {name}" in record
