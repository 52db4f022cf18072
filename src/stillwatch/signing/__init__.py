"""Canonical JSON, hash chains and signing keys.

In: values and entries. Out: canonical text, digests, signatures, faults. May touch: key files; no database.
"""
