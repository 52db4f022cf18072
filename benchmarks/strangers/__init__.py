"""Worlds written by strangers to the detector: each author knows a description and a contract, and nothing else."""
