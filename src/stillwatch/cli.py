"""The command line: results on stdout, progress and messages on stderr.

The commands stand in ``commands``, one file per group. A file is imported when one of its commands runs.

Exit codes: 0 done, 1 a finding where ``--fail-on`` asked to fail on one, 2 usage or settings, 3 input,
4 infrastructure.
"""

import signal
import sys
from typing import Annotated, NoReturn

import typer

from stillwatch import __version__
from stillwatch.commands.lazy import lazy_group
from stillwatch.commands.plain_text import plain
from stillwatch.commands.table import COMMANDS
from stillwatch.errors import StillwatchError

__all__ = ["app", "main"]

app = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Find, judge and stop adversarial distillation of AI models, with an error rate you can state.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> NoReturn:
    """Run the command line; an error of ours becomes one sentence and its exit code."""
    # A service manager ends with SIGTERM, which by itself would leave the work folder behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        app(standalone_mode=True)
    except StillwatchError as error:
        typer.echo(f"stillwatch: {plain(error.sentence())}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        # A full disk or a lost share between two steps: the operating system's words, and the file, are the message.
        told = f"{error.filename or 'a file'}: {error.strerror or type(error).__name__}"
        typer.echo(f"stillwatch: {plain(told)}.", err=True)
        sys.exit(4)
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


if __name__ == "__main__":
    main()
