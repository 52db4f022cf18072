"""The key that signs the audit log: made once, kept in a file that only its owner reads."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stillwatch.errors import EngineError, SettingsError

__all__ = ["derived", "make", "public_hex", "public_key", "read"]


def make(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it to *path*, which must not exist; the file is whole or not there."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return read(path)
        finally:
            part.unlink()
    except OSError as error:
        raise EngineError(
            "cannot write the key of the audit log", where=str(path), remedy="Check the folder."
        ) from error
    return key


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


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public half of *key*, 32 bytes in hexadecimal."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key that *text* spells in hexadecimal; ``ValueError`` where it spells none."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def derived(key: Ed25519PrivateKey, purpose: str, salt: str) -> bytes:
    """Return 32 secret bytes for *purpose* that only the key makes; a database alone gives none away."""
    seed = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    return HKDF(SHA256(), 32, salt.encode(), f"stillwatch {purpose}".encode()).derive(seed)
