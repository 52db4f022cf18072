"""Gateways: one file for each kind, with the words that it can carry out."""
