"""Enforcement: what people decided, carried out by gateways, reversibly.

In: the decisions in force, from the database of cases. Out: a signed snapshot file, and one answer per request. May
touch: the snapshot file, and Valkey where throttles are shared.

The floors from the bottom: ``snapshot`` is the file that gateways obey; ``deciding`` answers one request from it;
``publishing`` compiles decisions into a snapshot. Only ``publishing`` knows the database, so a gateway needs none.
"""
