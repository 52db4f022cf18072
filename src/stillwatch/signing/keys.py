"""Makes, reads and derives from the Ed25519 key that signs the audit log.

The key file is readable by its owner only.
"""

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
    """Make a key, write it to *path* and return it. Where another process made the file first, return that key.

    The file appears complete or not at all. Raises ``EngineError`` where it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A temporary file with a unique name and mode 0600; the link fails where another process was faster.
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
    """Return the key in the file *path*. Make the file where it is missing."""
    try:
        path.stat()
    except FileNotFoundError:
        return make(path)
    except OSError:
        pass  # read() raises the error that explains it
    return read(path)


def read(path: Path) -> Ed25519PrivateKey:
    """Return the key in the file *path*. Raises ``SettingsError`` where it is missing or no Ed25519 private key."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SettingsError(
            "the key that signed the audit log is missing",
            where=str(path),
            remedy="Restore it, or set cases.audit_key.",
        ) from error
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError("not a readable private key", where=str(path), remedy="Check cases.audit_key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError("not an Ed25519 key", where=str(path), remedy="Check cases.audit_key.")
    return key


def _keep_name(folder: Path) -> None:
    # After a power cut the key file must still be there: without it the database cannot be opened.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public key of *key*, 32 bytes in hexadecimal."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key that *text* spells in the form of ``public_hex``. Raises ``ValueError`` for other text."""
    raw = bytes.fromhex(text) if isinstance(text, str) else b""
    if raw.hex() != text:
        raise ValueError("not a public key in lower-case hexadecimal")
    return Ed25519PublicKey.from_public_bytes(raw)


def derived(key: Ed25519PrivateKey, purpose: str, salt: str) -> bytes:
    """Return 32 secret bytes for *purpose* and *salt*, by HKDF-SHA256 (RFC 5869) from the private key.

    The same arguments always give the same bytes. Without the key file they cannot be computed.
    """
    seed = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    return HKDF(SHA256(), 32, salt.encode(), f"stillwatch {purpose}".encode()).derive(seed)
