from pathlib import Path
from typing import Any

import pytest

from stillwatch import ingest
from stillwatch.ingest.parsing.format import Carrier
from stillwatch.ingest.sources.wrappers.known import WRAPPERS, opened

RECORDS = [
    (name, record)
    for name, known in ingest.known_formats().items()
    if Carrier.JSON in known.carriers
    for record in known.examples()
]


@pytest.mark.parametrize(("name", "record"), RECORDS, ids=[name for name, _ in RECORDS])
def test_no_wrapper_opens_a_record_of_a_format(name: str, record: Any) -> None:
    assert opened(record) is None


def test_the_reference_names_every_wrapper(request: pytest.FixtureRequest) -> None:
    path: Path = request.config.rootpath / "docs" / "reference" / "formats.md"
    page = path.read_text(encoding="utf-8")
    missing = {wrapper.key for wrapper in WRAPPERS if f"`{wrapper.key}`" not in page}
    assert not missing
