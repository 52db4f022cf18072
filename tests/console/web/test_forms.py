import asyncio

import pytest
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request

from stillwatch.console.web.forms import SubmittedForm, fields_of, reader
from stillwatch.console.web.rendering import FormValues
from stillwatch.errors import InputError


class Wanted(BaseModel):
    n: int
    names: dict[str, str] = {}


def test_blank_fields_are_left_out_and_the_token_is_no_field():
    form = FormData([("a", " x "), ("b", "  "), ("csrf", "t"), ("c", "1"), ("c", "2")])
    assert fields_of(form) == {"a": " x ", "c": ["1", "2"]}


def test_names_in_brackets_are_a_mapping_whatever_is_in_them():
    form = FormData([("o[a]", "1"), ("o[b[c]]", "2"), ("o[]", "3"), ("p]", "4"), ("[q]", "5")])
    assert fields_of(form) == {"o": {"a": "1", "b[c]": "2", "": "3"}, "p]": "4", "": {"q": "5"}}


def test_a_name_that_is_a_field_and_a_mapping_is_the_field():
    assert fields_of(FormData([("o", "x"), ("o[a]", "1")])) == {"o": "x"}


def test_what_does_not_fit_is_said_without_what_was_typed():
    with pytest.raises(InputError, match=r"N: Input should be a valid integer") as found:
        SubmittedForm(FormValues(n="secret"), Wanted).model()
    assert "secret" not in str(found.value)


def test_what_was_left_blank_is_blank():
    typed = FormValues(a="x")
    assert (typed["a"], typed["b"], "b" in typed) == ("x", "", False)


def test_a_form_is_read_from_a_request():
    body = b"n=3&names%5Bx%5D=y"

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "method": "POST", "headers": headers, "path": "/", "query_string": b""}, receive)
    filled = asyncio.run(reader(Wanted)(request))
    assert filled.model() == Wanted(n=3, names={"x": "y"})
