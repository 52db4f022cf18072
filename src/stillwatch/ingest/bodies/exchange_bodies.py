"""Reads the request and the answer of one exchange from bodies of any API, and says how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.ingest.bodies.answer_shapes import known_answer
from stillwatch.ingest.bodies.request_shapes import known_request, model_name
from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.messages import read_answer, read_request
from stillwatch.ingest.parsing.statuses import outcome, problem_of, problem_words
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["Bodies", "read_bodies"]


@dataclass(frozen=True, slots=True)
class Bodies:
    """What two bodies hold: *row* with texts, parameters, counts and model; both as objects; whether it was refused."""

    row: Row
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    refused: bool

    def status(self, code: Loose = None, *words: Loose, failed: bool = False) -> str:
        """Return the status of the exchange (``tables.STATUSES``).

        *code* and *words* are those of the log (``statuses.outcome``). An error in the answer counts as well.
        """
        problem = problem_of(self.answer)
        said = problem_words(problem, self.answer.get("error_code"))
        status = outcome(first(code), *said, *words, failed=failed or bool(problem))
        return "refused" if self.refused and status == "ok" else status


def read_bodies(request: Loose, response: Loose) -> Bodies:
    """Return what is in *request* and *response*: objects, JSON texts, or streams; None where a log keeps no body."""
    asked, answered = known_request(request), known_answer(response)
    told = mapping(answered)
    row = read_request(asked)
    answer = read_answer(answered)
    refused = bool(answer.pop("refused", False))
    row.update(answer)
    row["model"] = model_name(first(asked.get("model"), told.get("model"), told.get("modelVersion")))
    return Bodies(row, asked, told, refused)
