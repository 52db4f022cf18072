"""Reads what OpenTelemetry writes of an inference: spans and log records, in the names of any known instrumentation.

In: spans and log records as mappings. Out: ``Report`` objects, joined over one source. May touch: nothing.
"""
