"""Canonical JSON, hash chains and signing keys.

In: values and log entries. Out: canonical JSON, digests, signatures, and the first fault of a chain. May touch: key
files. This room opens no database.
"""

from stillwatch.signing.hash_chain import ChainEntry, ChainFault, Head, canonical, verify

__all__ = ["ChainEntry", "ChainFault", "Head", "canonical", "verify"]
