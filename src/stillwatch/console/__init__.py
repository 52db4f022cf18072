"""The console: analysts and programs read cases and make decisions, within the permissions of their role."""

from stillwatch.console.app import build_app
from stillwatch.console.server import serve

__all__ = ["build_app", "serve"]
