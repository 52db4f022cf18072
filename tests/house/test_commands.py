"""Every command that the documents show exists, with its options, and so does every make target.

Commands in fenced shell blocks and in code spans within sentences are checked alike.
"""

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SHELLS = {"sh", "bash", "console", "shell"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
"""The reference has a heading for each group of commands, which by itself is no command."""


def shown_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every command in a document: of its fenced shell blocks, then of its code spans."""
    for language, block in FENCE.findall(text):
        if language not in SHELLS:
            continue
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
        for line in prompted if language == "console" and prompted else lines:
            yield from _split(line)
    for span in re.findall(
        r"(?<!`)`((?:[\w./]*/)?(?:make|stillwatch) [^`]+)`(?!`)", HEADING.sub("", FENCE.sub("", text))
    ):
        yield from _split(" ".join(span.split()))


def _split(line: str) -> Iterator[list[str]]:
    """Yield the commands of one line, which pipes and the like separate; leading assignments are left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    for separated, group in itertools.groupby(lexer, lambda word: bool(re.fullmatch(r"[|&;]+", word))):
        words = list(itertools.dropwhile(lambda word: re.fullmatch(r"\w+=.*", word), group))
        if words and not separated:
            yield words


def problem(words: list[str], commands: dict[str, set[str]], targets: set[str]) -> str:
    """Return what is wrong with a shown command, or nothing."""
    program = Path(words[0]).name
    if program == "make":
        unknown = [w for w in words[1:] if "=" not in w and not w.startswith("-") and w not in targets]
        return f"no make target {unknown[0]}" if unknown else ""
    if program != "stillwatch" or len(words) == 1 or words[1].startswith("-"):
        return ""
    names = [" ".join(["stillwatch", *words[1 : n + 1]]) for n in (3, 2, 1)]
    name = next((n for n in names if n in commands), "")
    if not name or any(other.startswith(f"{name} ") for other in commands):
        return f"no command {names[1] if name else names[2]}"
    given = {w.split("=")[0] for w in words if re.match(r"--?[a-zA-Z]", w)} - {"--help"}
    unknown = sorted(given - commands[name])
    return f"{name} has no option {unknown[0]}" if unknown else ""


@pytest.fixture(scope="module")
def known(root: Path, reference: ModuleType) -> tuple[dict[str, set[str]], set[str]]:
    commands = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in reference.commands()
    }
    makefile = (root / "Makefile").read_text("utf-8")
    return commands, set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def test_documents_show_commands_that_exist(root: Path, known: tuple[dict[str, set[str]], set[str]]) -> None:
    documents = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]
    wrong = [
        f"{document.relative_to(root)}: {found}"
        for document in documents
        for words in shown_commands(document.read_text("utf-8"))
        if (found := problem(words, *known))
    ]
    assert not wrong, "correct the document, or add the command, option or target"


def test_the_readme_shows_the_two_commands(root: Path) -> None:
    shown = [" ".join(words) for words in shown_commands((root / "README.md").read_text("utf-8"))]
    assert {"make demo", "make test"} <= set(shown)


def test_every_target_is_phony_or_a_file(root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    assert set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)) == targets, (
        "give each target its own .PHONY line"
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("```sh\nmake demo  # why not\n```", []),
        ("```sh\nmake nonsense\n```", ["no make target nonsense"]),
        ("```console\n$ stillwatch scan a --out b | head\nmake nonsense\n```", []),
        ("```sh\nstillwatch scam a\n```", ["no command stillwatch scam"]),
        ("```sh\nX=1 stillwatch scan a \\\n  --nonsense b\n```", ["stillwatch scan has no option --nonsense"]),
        ("```sh\nstillwatch lab build --out w && stillwatch lab raze w\n```", ["no command stillwatch lab raze"]),
        ("```python\nmake nonsense\n```", []),
        ("```\nmake nonsense\n```", []),
        ("Run `make nonsense`.", ["no make target nonsense"]),
        ("Run `stillwatch scan\n--nonsense`.", ["stillwatch scan has no option --nonsense"]),
        ("Run `.venv/bin/stillwatch scam a`.", ["no command stillwatch scam"]),
        ("Run `cmake nonsense`, ``make nonsense`` or `stillwatch.cli`.", []),
    ],
)
def test_the_rule_can_fail(text: str, problems: list[str], known: tuple[dict[str, set[str]], set[str]]) -> None:
    wrong = [found for words in shown_commands(text) if (found := problem(words, *known))]
    assert wrong == problems
