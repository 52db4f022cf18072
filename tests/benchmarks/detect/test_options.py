"""The options that decide a result, and those that do not."""

from pathlib import Path

from detect.options import Options


def test_sizes_follow_the_scale_down_to_a_least() -> None:
    assert Options().size(20_000, 500) == 20_000
    assert Options(scale=0.02).size(20_000, 500) == 500
    assert Options(scale=0.5).size(20_001) == 10_000
    assert Options(scale=0.001).size(20) == 1


def test_parts_have_a_digest_without_their_name(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "prompts.parquet").write_bytes(b"abc")
    digest = Options(parts=first).parts_digest()
    assert digest == Options(parts=second).parts_digest()
    assert "first" not in digest
    (second / "prompts.parquet").write_bytes(b"abcd")
    assert digest != Options(parts=second).parts_digest()
    (first / "arrivals.parquet").write_bytes(b"")
    assert digest != Options(parts=first).parts_digest()
    assert Options().parts_digest() == "embedded"


def test_arguments_hold_only_what_decides_a_result() -> None:
    assert Options().shared() == {"scale": 1.0, "parts": "embedded"}
    assert Options(jobs=7, memory_limit="9GB", seeds=(1,), peers_python="x").shared() == Options().shared()
