"""Embeds styles, scripts and data into one page, and builds the content security policy that forbids all requests."""

import base64
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup

__all__ = ["Inlined", "embed", "policy", "read_asset", "script", "style"]

_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&'\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Inlined:
    """Text to insert between the tags unchanged, and its SHA-256 digest (base64) for the content security policy."""

    text: Markup
    digest: str


def read_asset(name: str) -> str:
    """Return one file of ``assets/`` with line feeds only, because browsers hash the text after normalising it."""
    text = files("stillwatch.report").joinpath("assets", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def embed(value: object) -> Markup:
    """Return *value* as JSON that can neither close its script element nor be parsed as markup."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - every character that could end the element is escaped


def style(*names: str) -> Inlined:
    """Return the named stylesheets, joined."""
    return _inlined("\n".join(read_asset(name) for name in names), "</style")


def script(*names: str) -> Inlined:
    """Return the named scripts, joined, with the licence of uPlot at the top."""
    licence = "/*\n" + read_asset("uPlot.LICENSE.txt").strip() + "\n*/"
    return _inlined("\n".join([licence, *(read_asset(name) for name in names)]), "</script")


def policy(inlined_style: Inlined, inlined_script: Inlined | None) -> str:
    """Return the content security policy (CSP Level 3): only this style and this script, and no network requests."""
    scripts = f"'sha256-{inlined_script.digest}'" if inlined_script else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{inlined_style.digest}'; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'"
    )


def _inlined(text: str, end_tag: str) -> Inlined:
    if end_tag in text.lower():
        raise ValueError(f"an asset holds {end_tag}")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inlined(Markup(text), digest)  # noqa: S704 - a file of this package, checked for its end tag
