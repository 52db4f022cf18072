import pytest

from stillwatch import ingest
from stillwatch.errors import FormatError
from stillwatch.ingest.parsing.format import Carrier
from stillwatch.ingest.rows.format_detection import choose, named

FORMATS = ingest.known_formats()


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if Carrier.JSON in f.carriers])
def test_every_format_wins_on_its_own_examples(name: str) -> None:
    assert choose(FORMATS, FORMATS[name].examples(), Carrier.JSON, "here") is FORMATS[name]


def test_the_carrier_counts() -> None:
    header = [dict.fromkeys(("exchange_id", "at", "account_id", "model", "status"))]
    assert choose(FORMATS, header, Carrier.PARQUET, "here") is FORMATS["canonical_parquet"]
    assert choose(FORMATS, header, Carrier.CSV, "here") is FORMATS["canonical_csv"]
    with pytest.raises(FormatError):
        choose(FORMATS, header, Carrier.SQL, "here")


@pytest.mark.parametrize("sample", [[], [{}], [{"level": "info", "message": "started"}]])
def test_what_nobody_recognises_is_an_error_with_the_known_names(sample: list[dict[str, str]]) -> None:
    with pytest.raises(FormatError) as error:
        choose(FORMATS, sample, Carrier.JSON, "app.log")
    assert error.value.where == "app.log"
    assert "litellm_payload" in error.value.remedy


def test_an_unknown_name_is_an_error_with_the_known_names() -> None:
    assert named(FORMATS, "langfuse") is FORMATS["langfuse"]
    with pytest.raises(FormatError, match="otel_genai"):
        named(FORMATS, "apache")
