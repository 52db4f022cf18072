import bz2
import gzip
import io
import lzma
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from stillwatch.ingest.sources.byte_streams import Blocks, Truncated, lines, spooled
from stillwatch.ingest.sources.locations import Source

TEXT = b"".join(b'{"n": %d, "text": "%d"}\n' % (i, i * 7919 % 10007) for i in range(40_000))


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return sink.getvalue().to_pybytes()


def blocks(data: bytes, *, again: bool = True) -> Blocks:
    return Blocks(Source("here", lambda: io.BytesIO(data), again=again))


def before_the_end(stream: Blocks) -> bytes:
    """Return what a broken stream gives before it says that it is broken."""
    got = bytearray()

    def collect() -> None:
        for block in stream:
            got.extend(block)

    with pytest.raises(Truncated):
        collect()
    return bytes(got)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd, bz2.compress, lzma.compress])
def test_whatever_the_compression_the_bytes_come_out(pack: Callable[[bytes], bytes]) -> None:
    stream = blocks(pack(TEXT))
    assert TEXT.startswith(stream.head(1_000)[:1_000])
    assert b"".join(stream) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_members_are_joined_and_padding_is_dropped(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT[:5_000]) + pack(TEXT[5_000:]) + b"\0" * 512
    assert b"".join(blocks(packed)) == TEXT


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_cut_or_damaged_member_is_a_broken_stream(pack: Callable[[bytes], bytes]) -> None:
    assert TEXT.startswith(before_the_end(blocks(pack(TEXT)[:-100])))
    assert before_the_end(blocks(pack(b"a\nb\n") + b"junk" * 9)) == b"a\nb\n"


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("cut", [1, 9, 5_000, 20_000])
def test_a_cut_stream_gives_every_byte_before_the_cut_and_then_says_so(
    pack: Callable[[bytes], bytes], cut: int
) -> None:
    packed = pack(TEXT)
    got = before_the_end(blocks(packed[: len(packed) - cut]))
    assert TEXT.startswith(got)
    assert len(got) > len(TEXT) * (1 - cut / len(packed)) - 200_000
    if pack is gzip.compress and cut > 8:
        assert len(got) > len(TEXT) * (1 - cut / len(packed)) - 40_000


def test_a_cut_within_the_head_still_gives_the_head() -> None:
    stream = blocks(gzip.compress(TEXT[:1_000])[:-3])
    assert stream.head(1 << 16) == TEXT[:1_000]
    with pytest.raises(Truncated):
        list(stream)


def test_zstd_from_standard_input_is_read_once() -> None:
    packed = zstd(TEXT)
    assert TEXT.startswith(before_the_end(blocks(packed[:-100], again=False)))


def test_garbage_after_a_gzip_member_is_a_broken_stream() -> None:
    assert before_the_end(blocks(gzip.compress(b"a\nb\n") + b"junk")) == b"a\nb\n"


def test_lines_are_numbered_and_blank_ones_left_out() -> None:
    pieces = [b"one\r\n", b"\n  \ntw", b"o\nthree"]
    assert list(lines(iter(pieces), 100)) == [(1, b"one\r"), (4, b"two"), (5, b"three")]


def test_lines_over_the_limit_are_told_and_never_held() -> None:
    def long() -> object:
        yield b"a\n" + b"x" * 50
        for _ in range(2_000):
            yield b"x" * 100_000
        yield b"x\nb\n" + b"y" * 101

    tracemalloc.start()
    found = list(lines(long(), 100))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(1, b"a"), (2, None), (3, b"b"), (4, None)]
    assert peak < 2_000_000


def test_a_line_of_exactly_the_limit_passes_however_it_is_cut() -> None:
    line = b"z" * 100
    for at in range(0, 100, 7):
        assert list(lines(iter([line[:at], line[at:] + b"\n"]), 100)) == [(1, line)]
        assert list(lines(iter([line[:at], line[at:] + b"z\n"]), 100)) == [(1, None)]


def test_spooled_gives_a_file_to_seek_in() -> None:
    with spooled(blocks(TEXT)) as file:
        assert file.read() == TEXT


def test_a_plain_short_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"", b"a", b"abc\n"):
        path.write_bytes(data)
        stream = Blocks(Source("x", lambda: path.open("rb")))
        assert stream.head(10) == data
        assert b"".join(stream) == data
        stream.close()
