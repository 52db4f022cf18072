import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.errors import EngineError, SettingsError
from stillwatch.signing import keys


def pem(key: Any, encryption: Any = None) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    )


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "audit.key"
    old = os.umask(0)
    try:
        made = keys.make(path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["audit.key"]
    for again in (keys.read(path), keys.make(path), keys.read_or_make(path)):
        assert keys.public_hex(again) == keys.public_hex(made)


def test_all_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    found: list[str] = []

    def make() -> None:
        start.wait()
        found.append(keys.public_hex(keys.read_or_make(tmp_path / "audit.key")))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_part_that_a_killed_process_left_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / f"audit.key.{os.getpid()}.part").write_bytes(b"half")
    assert keys.make(tmp_path / "audit.key")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"\xff" * 100,
        pem(Ed25519PrivateKey.from_private_bytes(b"k" * 32))[:-40],
        pem(Ed25519PrivateKey.from_private_bytes(b"k" * 32), serialization.BestAvailableEncryption(b"pw")),
        pem(generate_private_key(SECP256R1())),
        Ed25519PrivateKey.from_private_bytes(b"k" * 32)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "garbage", "bytes", "cut", "encrypted", "another kind", "public"],
)
def test_what_is_no_key_is_refused_in_a_sentence_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "audit.key"
    path.write_bytes(content)
    for use in (keys.read, keys.read_or_make):
        with pytest.raises(SettingsError, match=r"audit\.key: not a.* Check cases\.audit_key\.") as error:
            use(path)
        assert error.value.exit_code == 2
    assert path.read_bytes() == content


def test_a_key_that_is_missing_is_not_made_where_it_is_only_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is missing"):
        keys.read(tmp_path / "audit.key")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_read_or_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="not a readable private key"):
        keys.read_or_make(tmp_path / "file" / "audit.key")
    with pytest.raises(EngineError, match="cannot write the key"):
        keys.make(tmp_path / "file" / "audit.key")
    with pytest.raises(SettingsError, match="not a readable private key"):
        keys.read_or_make(tmp_path / ("k" * 300))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(SettingsError, match="not a readable private key"):
        keys.read_or_make(tmp_path / "audit.key")
    monkeypatch.undo()
    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(EngineError, match="cannot write the key") as error:
        keys.make(tmp_path / "audit.key")
    assert error.value.exit_code == 4
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_public_key_has_one_spelling() -> None:
    text = keys.public_hex(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    assert keys.public_key(text).public_bytes_raw().hex() == text
    for other in (text.upper(), f" {text}", f"{text[:2]} {text[2:]}", text[2:], "", "z" * 64, None, b"k" * 32):
        with pytest.raises(ValueError, match=r"."):
            keys.public_key(other)  # type: ignore[arg-type]
