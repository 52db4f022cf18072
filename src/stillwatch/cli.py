"""The command line: results on stdout, progress and messages on stderr.

The commands stand in ``commands``, one file per group. A file is imported when one of its commands runs.

Exit codes: 0 done, 1 a finding where the command was asked to fail on one, 2 usage or settings, 3 input,
4 infrastructure or a fault of Stillwatch. 128 and the number of the signal where one ended the process.
"""

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from stillwatch import __version__
from stillwatch.commands.entry.lazy import lazy_group
from stillwatch.commands.entry.plain_text import plain
from stillwatch.commands.entry.process import SignalExit, flush, place_of, prepare
from stillwatch.commands.table import COMMANDS
from stillwatch.errors import StillwatchError

__all__ = ["app", "main", "run"]

app = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Find, judge and stop adversarial distillation of AI models, with an error rate you can state.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def main() -> NoReturn:
    """Run the command line in a process of its own."""
    prepare()
    ended = SignalExit()
    ended.install()
    code = run(sys.argv[1:])
    try:
        flush()
    except OSError as error:
        code = _failed(error)
    sys.exit(128 + ended.number if ended.number else code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code. Every error becomes one sentence on stderr.

    Only a command that was asked to fail on a finding returns 1.
    """
    try:
        return int(app(list(arguments), prog_name="stillwatch", standalone_mode=False) or 0)
    except SystemExit as error:
        # Of the completion of a shell, which ends with 1 where it knows no such shell, or of a signal.
        return 2 if error.code == 1 else int(error.code or 0)
    except BaseException as error:  # noqa: BLE001 - the last resort, or the process ends with 1 and a traceback
        return _failed(error)


def _failed(error: BaseException) -> int:
    """Print what *error* is, in one sentence, and return the exit code."""
    if callable(show := getattr(error, "show", None)):
        show()  # of the library that reads the arguments
        return 2
    sentence, code = _told(error)
    typer.echo(f"stillwatch: {plain(sentence)}", err=True)
    return code


def _told(error: BaseException) -> tuple[str, int]:
    if isinstance(error, StillwatchError):
        return error.sentence(), error.exit_code
    if isinstance(error, KeyboardInterrupt | typer.Abort):  # the latter at a question
        return "interrupted.", 130
    if isinstance(error, MemoryError):
        return "not enough memory. Lower engine.memory_limit and engine.threads, or use a larger machine.", 4
    if isinstance(error, OSError) and error.strerror:
        # A full disk or a lost share between two steps: the operating system's words, and the file, are the message.
        return f"{_shown(error.filename)}: {error.strerror}.", 4
    place = f" at {place}" if (place := place_of(error)) else ""
    return f"unexpected {type(error).__name__}{place}. This is a fault of Stillwatch; please report this line.", 4


def _shown(file: object) -> str:
    return file.decode(errors="backslashreplace") if isinstance(file, bytes) else str(file or "a file or stream")


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


if __name__ == "__main__":
    main()
