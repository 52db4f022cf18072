"""Computes links from traces: the weight of each shared value, measured against how strangers share values."""

from stillwatch.links.weigh import weigh

__all__ = ["weigh"]
