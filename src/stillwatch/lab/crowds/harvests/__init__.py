"""How a campaign phrases what it harvests: one file per family, each with a ``HARVEST``."""
