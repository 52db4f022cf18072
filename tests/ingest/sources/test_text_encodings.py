import pytest

from stillwatch.ingest.sources.text_encodings import as_utf8, encoding_of

TEXT = '{"prompt": "Grüße 💥 一"}\n{"n": 2}\n' * 40


def read(data: bytes, step: int = 7) -> bytes:
    return b"".join(as_utf8(data[i : i + step] for i in range(0, len(data), step)))


@pytest.mark.parametrize("step", [1, 3, 100_000])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"], ids=lambda name: name
)
def test_text_comes_out_as_utf8(encoding: str, step: int) -> None:
    assert read(TEXT.encode(encoding), step) == TEXT.encode()


def test_a_mark_alone_is_no_encoding() -> None:
    assert encoding_of(b'\xff\xfe\n{"a": 1}\n{"b": 2}\n') == ("utf-8", 0)
    assert encoding_of(b"\xff\xfe{\0") == ("utf-16-le", 2)
    assert encoding_of(b"PAR1\0\0\0\0") == ("utf-8", 0)
    assert encoding_of(b"") == ("utf-8", 0)


def test_what_is_broken_is_no_utf8_either() -> None:
    half = '{"a": "'.encode("utf-16-le") + b"\x3d\xd8" + '"}\n{}'.encode("utf-16-le")
    lines = read(half).split(b"\n")
    with pytest.raises(UnicodeDecodeError):
        lines[0].decode()
    assert lines[1] == b"{}"
    assert read("{}\n".encode("utf-16") + b"x") == b"{}\n\xff"


def test_a_stream_that_breaks_gives_what_it_had() -> None:
    def breaking() -> object:
        yield b"{}"
        raise OSError("cut")

    found = []
    with pytest.raises(OSError, match="cut"):  # noqa: PT012 - what comes before the error counts
        for block in as_utf8(breaking()):  # type: ignore[arg-type]
            found.append(block)  # noqa: PERF402 - a list() would lose it
    assert found == [b"{}"]
