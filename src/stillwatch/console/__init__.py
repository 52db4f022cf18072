"""The console: people look and decide, in a browser or with a program, within what their role lets them do."""

from stillwatch.console.app import build_app
from stillwatch.console.server import serve

__all__ = ["build_app", "serve"]
