"""Reads HTML forms so that a page can show an error beside the form and keep what the user typed."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from stillwatch.console.web import csrf
from stillwatch.console.web.error_pages import validation_text
from stillwatch.console.web.rendering import FormValues
from stillwatch.errors import InputError

__all__ = ["SubmittedForm", "fields_of", "reader"]


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """A form as the browser sent it, and the model that validates it."""

    typed: FormValues
    wanted: type[BaseModel]

    def model(self) -> BaseModel:
        """Return the validated model. Raises ``InputError``, which names the invalid fields but repeats no value."""
        try:
            return self.wanted.model_validate(self.typed)
        except ValidationError as error:
            raise InputError(validation_text(error.errors()), where="form") from error


def reader(wanted: type[BaseModel]) -> Callable[[Request], Coroutine[Any, Any, SubmittedForm]]:
    """Return the FastAPI dependency that reads a form for the model *wanted* from a request."""

    async def read(request: Request) -> SubmittedForm:
        return SubmittedForm(fields_of(await request.form()), wanted)

    return read


def fields_of(form: FormData) -> FormValues:
    """Return the fields of a form. Blank fields are left out, ``name[key]`` is a mapping, a repeated field a list."""
    found = FormValues()
    for name in dict.fromkeys(form):
        values = [value for value in form.getlist(name) if isinstance(value, str) and value.strip()]
        if not values or name == csrf.FIELD:
            continue
        outer, bracket, key = name.removesuffix("]").partition("[")
        if bracket and name.endswith("]"):
            inner = found.setdefault(outer, FormValues())
            if isinstance(inner, dict):
                inner[key] = values[-1]
        else:
            found[name] = values[0] if len(values) == 1 else values
    return found
