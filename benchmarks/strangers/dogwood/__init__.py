"""Crowds of strangers by the author dogwood."""
