"""The key that signs the audit log: made once, kept in a file that only its owner reads."""

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stillwatch.errors import EngineError, SettingsError

__all__ = ["derived", "make", "public_hex", "public_key", "read", "read_or_make"]


def make(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it to *path*, or return the one that somebody else made there meanwhile.

    The file is whole or not there.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name that nobody else has, of the owner alone; the link fails where somebody was faster.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            try:
                os.link(file.name, path)
            except FileExistsError:
                return read(path)
        _keep_name(path.parent)
    except OSError as error:
        raise EngineError(
            "cannot write the key of the audit log", where=str(path), remedy="Check the folder."
        ) from error
    return key


def read_or_make(path: Path) -> Ed25519PrivateKey:
    """Return the key in the file *path*, made where there is no such file."""
    try:
        path.stat()
    except FileNotFoundError:
        return make(path)
    except OSError:
        pass  # reading says what is wrong
    return read(path)


def read(path: Path) -> Ed25519PrivateKey:
    """Return the key in the file *path*."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SettingsError(
            "the key that signed the audit log is not here",
            where=str(path),
            remedy="Restore it, or set cases.audit_key.",
        ) from error
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError("not a readable private key", where=str(path), remedy="Check cases.audit_key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError("not an Ed25519 key", where=str(path), remedy="Check cases.audit_key.")
    return key


def _keep_name(folder: Path) -> None:
    # A database that outlives a power cut without the key that it names would never open again.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public half of *key*, 32 bytes in hexadecimal."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key that *text* spells as ``public_hex`` does; ``ValueError`` where it spells none."""
    raw = bytes.fromhex(text) if isinstance(text, str) else b""
    if raw.hex() != text:
        raise ValueError("not a public key as we write it")
    return Ed25519PublicKey.from_public_bytes(raw)


def derived(key: Ed25519PrivateKey, purpose: str, salt: str) -> bytes:
    """Return 32 secret bytes for *purpose* that only the key makes; a database alone gives none away."""
    seed = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    return HKDF(SHA256(), 32, salt.encode(), f"stillwatch {purpose}".encode()).derive(seed)
