"""Stillwatch finds adversarial distillation campaigns in a provider's own logs, and lets people judge them."""

__version__ = "0.1.0"

__all__ = ["__version__"]
