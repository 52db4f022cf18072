import pytest

from stillwatch.ingest.parsing.statuses import outcome


@pytest.mark.parametrize(
    ("code", "words", "failed", "expected"),
    [
        (200, (), False, "ok"),
        ("200", (), False, "ok"),
        (None, (), False, "ok"),
        (None, (), True, "error"),
        (429, (), False, "throttled"),
        ("529", (), True, "throttled"),
        (401, (), True, "refused"),
        ("403", (), False, "refused"),
        (500, (), False, "error"),
        (400, ("BadRequestError",), True, "error"),
        (400, ("ContentPolicyViolationError",), True, "refused"),
        (500, ("RateLimitError",), True, "throttled"),
        (None, ("rate limit exceeded",), True, "throttled"),
        (None, ("overloaded_error",), True, "throttled"),
        ("refused", (), False, "refused"),
        ("nonsense", (None, 3, ["x"]), False, "ok"),
        (True, (), False, "ok"),
    ],
)
def test_outcome(code: object, words: tuple[object, ...], failed: bool, expected: str) -> None:
    assert outcome(code, *words, failed=failed) == expected
