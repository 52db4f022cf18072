"""Traces in, links out: how much each shared value says, counted against strangers."""

from stillwatch.links.weigh import weigh

__all__ = ["weigh"]
