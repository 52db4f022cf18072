"""Twelve crowds by the author cedar."""
