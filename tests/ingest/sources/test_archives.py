import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from stillwatch.errors import FormatError
from stillwatch.ingest.sources.archives import require_no_archive

LINE = b'{"account_id": "a"}\n'


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("log.jsonl", LINE)
    return sink.getvalue()


def tarred() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        about = tarfile.TarInfo("log.jsonl")
        about.size = len(LINE)
        archive.addfile(about, io.BytesIO(LINE))
    return sink.getvalue()


@pytest.mark.parametrize(("head", "kind"), [(zipped(), "ZIP"), (tarred(), "tar")])
def test_an_archive_is_told_with_what_to_do(head: bytes, kind: str) -> None:
    with pytest.raises(FormatError, match=rf"^logs: this is a {kind} archive, which is not read\. Unpack it"):
        require_no_archive(head, "logs")


@pytest.mark.parametrize("head", [b"", LINE, b"PK", b"account_id,at\n"])
def test_a_log_is_no_archive(head: bytes) -> None:
    require_no_archive(head, "logs")


def test_a_compressed_archive_says_so_too(read: Any, tmp_path: Path) -> None:
    (path := tmp_path / "logs.tar.gz").write_bytes(gzip.compress(tarred()))
    with pytest.raises(FormatError, match="tar archive"):
        read(path)
