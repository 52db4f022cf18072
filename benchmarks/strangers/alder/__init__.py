"""The crowds of alder."""
