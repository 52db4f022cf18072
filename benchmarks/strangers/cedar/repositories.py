"""Repositories, their issues, and what the tools of a coding agent return in them."""

from collections.abc import Sequence
from random import Random

from strangers.cedar.folk_work import WORK_WORDS
from strangers.cedar.loom import listed, merged, weave
from strangers.cedar.words import WORDS

__all__ = ["episode"]

_REPOS: tuple[tuple[str, str, str, str], ...] = (
    ("tessel-labs", "ratelim", "go", "go"),
    ("mossbank", "tablefold", "py", "py"),
    ("oakgrid", "chartkit", "ts", "ts"),
    ("hylla", "ledgerd", "rs", "rs"),
    ("quietbits", "mailwarden", "py", "py"),
    ("norrsken", "tileserve", "go", "go"),
    ("pixelferry", "formwright", "ts", "tsx"),
    ("dunlin", "schemadiff", "py", "py"),
    ("gullwing", "blobcache", "rs", "rs"),
    ("fenwick", "calparse", "py", "py"),
    ("saltmarsh", "queuekeep", "java", "java"),
    ("brightloam", "orm-lite", "py", "py"),
    ("copperline", "cli-table", "ts", "ts"),
    ("riverbed", "geohashlib", "java", "java"),
    ("stilt", "tracelog", "go", "go"),
    ("lodgepole", "yamlpath", "py", "py"),
    ("marram", "websock-pool", "rs", "rs"),
    ("hazelton", "i18n-scan", "ts", "ts"),
)
_TESTS = {"py": "pytest -q", "go": "go test ./...", "ts": "npm test --", "rs": "cargo test", "java": "mvn -q test"}
_TABLES: dict[str, list[str]] = {
    "case": listed(
        "an empty {noun},a {noun} with a trailing slash,two {noun}s with equal keys,a timezone west of "
        "UTC,non-ASCII names,a file larger than {1-4} GB,None as default,a negative offset,concurrent "
        "writers,Windows paths,{2-90}k rows"
    ),
    "func": ["{verb}_{noun}", "{verb}_{noun}s", "_{verb}", "{noun}_{verb}er", "load_{noun}", "{verb}_all"],
    "title": [
        "{func!}() fails with {case!}",
        "{case!} breaks {func!}",
        "Regression in {2-9}.{0-20}: {func!} ignores {case!}",
        "Feature: let {func!} accept {case!}",
        "{func!} is slow for {case!}",
        "Docs say {func!} supports {case!}, it does not",
    ],
    "story": [
        "Since {2-9}.{0-20}.{0-9} I see `{error}` when I pass {case!} to `{func!}`. Before it returned {1-99}.",
        (
            "To reproduce: call `{func!}` with {case!}, then again with {case}. Expected: "
            "{2-40} {noun}s. Actual: {error}."
        ),
        "We run this on {place}-{1-9} with {2-64} cores. `{func!}` with {case!} takes {3-90} s. A patch is welcome.",
        "It would help us if `{func!}` could handle {case!}, as `{func}` does. Happy to test.",
    ],
    "src": [
        (
            "{10-400}  def {func!}(self, {noun}, *, limit={2-99}):\n{10-400}      if not "
            "{noun}:\n{10-400}          return None\n{10-400}      "
            "return self._{verb}({noun})[:limit]"
        ),
        (
            "{10-400}  func {func!}(n []byte) (int, error) {\n{10-400}    if len(n) > {8-512} "
            "{\n{10-400}      return 0, err{verb}\n{10-400}    }"
        ),
        (
            "{10-400}  export function {func!}({noun}: string[]) {\n{10-400}    const out = "
            "new Map();\n{10-400}    for (const x of {noun}) "
            "out.set(x, {verb}(x));"
        ),
        (
            "{10-400}  pub fn {func!}(&self, {noun}: &str) -> Result<u64> {\n{10-400}    let "
            "k = self.{noun}.get({noun})?;"
        ),
        (
            "{10-400}  public {noun} {func!}(String {noun}) {\n{10-400}    if ({noun}.isEmpty()) return null;\n"
            "{10-400}    return {verb}.get({noun});"
        ),
    ],
    "out": [
        "src/{noun}/{verb}.{x}\nsrc/{noun}/mod.{x}\nsrc/{verb}.{x}\ntests/test_{noun}.{x}\nREADME.md\nCHANGELOG.md",
        (
            "src/{noun}.{x}:{10-900}: {func!}({noun}, limit)\nsrc/{verb}.{x}:{10-300}: # TODO "
            "{case}\ntests/{noun}.{x}:{3-99}: {func!}()"
        ),
        "{src}",
        "{src}\n...\n{src}",
        "$ {test} \nFAILED tests/{noun}::{func!} - {error}\n{1-4} failed, {20-400} passed in {1-60}.{1-9}s",
        "$ {test}\n{20-400} passed in {1-60}.{1-9}s",
        "The file src/{noun}/{verb}.{x} has been edited.\n{src}",
        "exit code 1\n{error}",
        (
            "diff --git a/src/{noun}.{x} b/src/{noun}.{x}\n@@ -{10-300},{3-9} +{10-300},"
            "{3-12} @@\n-    return {noun}\n+    return {verb}({noun})"
        ),
        "(no output)",
        "commit {10000000-99999999}\nAuthor: {first} {last}\n    {verb} {noun}s lazily ({1-999})",
        'Traceback (most recent call last):\n  File "src/{noun}.{x}", line {10-900}, in {func!}\n{error}',
    ],
}
_ALL = merged(WORDS, WORK_WORDS, _TABLES)


def episode(rng: Random, place: int, name: str) -> tuple[str, str, str, Sequence[str]]:
    """Return repository, title, story and what the tools return for the issue at *place*; issues come by repository."""
    owner, title_of, kind, ending = Random(f"{name}/{place // 15}").choice(_REPOS)
    kept = {"func": [weave(rng, "{func}", _ALL)], "case": rng.sample(_TABLES["case"], 3)}
    source = _TABLES["src"][{"py": 0, "go": 1, "ts": 2, "rs": 3, "java": 4}[kind]]
    words = merged(_ALL, kept, {"x": [ending], "test": [_TESTS[kind]], "src": [source]})
    title, story = weave(rng, rng.choice(words["title"]), words), weave(rng, rng.choice(words["story"]), words)
    if rng.random() < 0.4:
        story += "\n\n" + weave(rng, rng.choice(words["story"]), words)
    steps = [weave(rng, rng.choice(words["out"]), words) for _ in range(rng.randint(4, 14))]
    return f"{owner}/{title_of}", title, story, steps
