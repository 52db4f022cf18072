"""Measures the capability classifier on real prompts; with ``--learn`` it also rewrites the learned cues.

    make bench-capabilities PARTS=folder
    python benchmarks/capabilities.py PROMPTS.parquet [DIALOGUES.parquet] [--learn] [--general]

Prints Markdown: a confusion matrix with precision, recall and F1 per capability for the test half, the same by source,
and the same for prompts labelled by hand. The measured prompts are not used by ``--learn`` (see ``capability_labels``).
PROMPTS has the columns source, topic and text. DIALOGUES has turn and text; only first turns are used.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from capability_labels import Labelled, read, word_set
from scipy import sparse
from scipy.optimize import minimize

from stillwatch.features import capabilities as room
from stillwatch.features.words import hash_words
from stillwatch.model import CAPABILITIES

NAMES = [capability.name for capability in CAPABILITIES]
CUES_FILE = Path(room.__file__).with_name("cues.toml")
DASHES = "# " + "-" * 117
LENGTH_EDGES = (3, 6, 9, 13, 20, 35, 60, 120, 250)
PHRASES_PER_CLASS = 110
LEAST_TEXTS = 12
MOST_WEIGHT = 1.2


# Words about the format or subject of a data set, not about the request; found by reading the data.
ARTEFACTS = word_set(
    """
    toolformer enabled access wikipedia openmeteo wolfram wolframalpha quora upi afp cnn imdb amazon
    yelp movie movies film ticker passengers translate customer company dog cats pets reviews review
    reviewer we find command current college roommate lrb rrb athlete bio answer question se de vs
    description generate create identify process given sound dark style eyes girl began gear ends self
    detailed water rock plate energy living organisms oneway interesting generates different classify
    predict convert company recommend similarity people user young weather shellcommand cat woman anime
    season perturbation astronaut alien analyze analysis categories sentences users provide solution
    system understand various suggest send source home fight open free names again several
    """
)
STOP_WORDS = word_set(
    """
    a an and are as at be but by can could did do does for from had has have he her his i if in is it
    its me my no not of on or our she so some than that the their them then there these they this to up
    us was we were what when where which who will with would you your how about any all just like get
    got s t d m re ve ll am been being into out over also more very one two new other such only its too
    s want wants need needs help many much first after before best good great know old tell person three
    said told year years try make makes let real right own never add back done long man form part past
    point start him however without both completely face don text following high based going go works
    online asking business using use used being take way place look between below most fact three times
    trying
    """
)


# --- learning


def _split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9_\u0080-\uffff]+", text.lower())


def _phrases(text: str) -> set[str]:
    """Return the phrases of *text* that the classifier looks up."""
    words = ["^", *_split(text), "$"]
    n = len(words) - 2
    begins = [at for at in range(-1, n) if at < room.HEAD_WORDS or at >= n - room.TAIL_WORDS]
    return {" ".join(words[at + 1 : at + 1 + size]) for size in range(1, room.MAX_PHRASE + 1) for at in begins}


def _proper_nouns(texts: list[str]) -> set[str]:
    """Return the words that mostly have a capital inside sentences: names of people, places and firms."""
    capital, total = Counter[str](), Counter[str]()
    for text in texts:
        for word in re.findall(r"(?<=[a-z,] )[A-Za-z]+", text):
            total[word.lower()] += 1
            capital[word.lower()] += word[0].isupper()
    return {word for word, count in total.items() if capital[word] > 0.4 * count and word != "i"}


def _admissible(phrase: str, names: set[str]) -> bool:
    words = phrase.split()
    plain = [word for word in words if word not in "^$"]
    if not plain or any(w in ARTEFACTS or w in names or not w.isascii() or any(c.isdigit() for c in w) for w in plain):
        return False
    return any(w not in STOP_WORDS and len(w) > 1 for w in plain) or (len(plain) > 1 and len(words) > 2)


def _fixed_parts(rows: list[Labelled], found: list[set[str]]) -> list[set[str]]:
    """Return *found* without the varying parts of templates: phrases in fewer than half of a template's texts."""
    size = Counter(row.template for row in rows)
    count = Counter((row.template, phrase) for row, phrases in zip(rows, found, strict=True) for phrase in phrases)
    return [
        {p for p in phrases if not row.template or 2 * count[row.template, p] >= size[row.template]}
        for row, phrases in zip(rows, found, strict=True)
    ]


def _row_weights(rows: list[Labelled]) -> np.ndarray:
    """Return row weights: every class counts the same, within it every source, within that every group."""
    size = Counter((row.label, row.source, row.group) for row in rows)
    groups = Counter((label, source) for label, source, _ in size)
    sources = Counter(label for label, _ in groups)
    return np.array(
        [1 / (size[r.label, r.source, r.group] * groups[r.label, r.source] * sources[r.label]) for r in rows]
    )


def _select(
    rows: list[Labelled], found: list[set[str]], labels: np.ndarray, weights: np.ndarray
) -> list[tuple[int, str]]:
    """Return (class, phrase) for the phrases that separate a class best.

    A phrase that occurs only in templates must occur in templates of two data sets.
    """
    names = _proper_nouns([row.text for row in rows])
    count = Counter(phrase for phrases in found for phrase in phrases)
    share: dict[str, np.ndarray] = {}
    spread: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row, phrases, label, weight in zip(rows, found, labels.tolist(), weights, strict=True):
        for phrase in phrases:
            if count[phrase] >= LEAST_TEXTS:
                share.setdefault(phrase, np.zeros(len(NAMES)))[label] += weight
                spread[phrase, label].add(row.group if row.template else "")
    present = sorted(set(labels.tolist()))
    chosen = []
    for label in present:
        scored = []
        for phrase, by_class in share.items():
            if len(spread[phrase, label]) < 2 and "" not in spread[phrase, label]:
                continue
            inside, outside = by_class[label], (by_class.sum() - by_class[label]) / (len(present) - 1)
            if inside > 3 * outside and _admissible(phrase, names):  # at least three times as likely
                scored.append((-inside * np.log((inside + 1e-3) / (outside + 1e-3)), phrase))
        kept: list[str] = []
        for _, phrase in sorted(scored):
            around = [other for other in kept if f" {phrase} " in f" {other} " or f" {other} " in f" {phrase} "]
            redundant = any(abs(share[o][label] - share[phrase][label]) < 0.3 * share[phrase][label] for o in around)
            if not redundant and len(kept) < PHRASES_PER_CLASS:
                kept.append(phrase)
        chosen += [(label, phrase) for phrase in kept]
    return chosen


def _general_only() -> room.Cues:
    head = CUES_FILE.read_text(encoding="utf-8").split(DASHES)[0]
    return room.read_cues(head + "[lengths]\nwords = []\n[lengths.weights]\n")


def _offsets(rows: list[Labelled], cues: room.Cues) -> np.ndarray:
    """Return the scores (log-odds) of the general cues, rows × classes."""
    by_phrase: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for column, phrase, weight in cues.weights:
        if column < len(NAMES):
            by_phrase[phrase].append((column, weight))
    scores = np.zeros((len(rows), len(NAMES)))
    for at, row in enumerate(rows):
        for phrase in _phrases(row.text) & by_phrase.keys():
            for column, weight in by_phrase[phrase]:
                scores[at, column] += weight / 100
    return scores


def _fit(
    features: sparse.csr_matrix,
    mask: np.ndarray,
    offsets: np.ndarray,
    target: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return features × classes: a fitted softmax with phrase weights of at least 0, only where *mask* allows."""
    n_lengths = len(LENGTH_EDGES) + 1
    places = np.argwhere(mask)
    onehot = np.eye(mask.shape[1])[target]
    decay = np.where(places[:, 0] >= mask.shape[0] - n_lengths, 1e-3, 1e-3)

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        beta = np.zeros(mask.shape)
        beta[places[:, 0], places[:, 1]] = vector
        scores = features @ beta + offsets
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        value = -(weights * np.log(np.maximum((chance * onehot).sum(axis=1), 1e-12))).sum()
        slope = features.T @ ((chance - onehot) * weights[:, None])
        return value + (decay * vector**2).sum(), slope[places[:, 0], places[:, 1]] + 2 * decay * vector

    bounds = [(None, None) if row >= mask.shape[0] - n_lengths else (0, MOST_WEIGHT) for row, _ in places]
    found = minimize(loss, np.zeros(len(places)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300})
    beta = np.zeros(mask.shape)
    beta[places[:, 0], places[:, 1]] = found.x
    return beta


def learn(rows: list[Labelled]) -> str:
    """Return the learned part of cues.toml, from the training half."""
    found = _fixed_parts(rows, [_phrases(row.text) for row in rows])
    labels = np.array([NAMES.index(row.label) for row in rows])
    weights = _row_weights(rows)
    chosen = _select(rows, found, labels, weights)
    phrases = sorted({phrase for _, phrase in chosen})
    number = {phrase: i for i, phrase in enumerate(phrases)}
    present = sorted(set(labels.tolist()))
    lengths = np.searchsorted(LENGTH_EDGES, [len(_split(row.text)) for row in rows])
    cells = [(at, number[p]) for at, texts in enumerate(found) for p in texts if p in number]
    cells += [(at, len(phrases) + length) for at, length in enumerate(lengths)]
    index = np.array(cells)
    shape = (len(rows), len(phrases) + len(LENGTH_EDGES) + 1)
    features = sparse.csr_matrix((np.ones(len(index)), (index[:, 0], index[:, 1])), shape=shape)
    mask = np.zeros((shape[1], len(present)), bool)
    for label, phrase in chosen:
        mask[number[phrase], present.index(label)] = True
    mask[len(phrases) :] = True
    offsets = _offsets(rows, _general_only())[:, present]
    beta = _fit(features, mask, offsets, np.array([present.index(label) for label in labels]), weights / len(present))
    return _as_toml(beta, phrases, present)


def _as_toml(beta: np.ndarray, phrases: list[str], present: list[int]) -> str:
    hundredths = np.rint(beta * 10).astype(int) * 10
    lines = ["[lengths]", f"words = {list(LENGTH_EDGES)}", "", "[lengths.weights]"]
    for column, label in enumerate(present):
        lines.append(f'"{NAMES[label]}" = {hundredths[len(phrases) :, column].tolist()}')
    for column, label in enumerate(present):
        by_weight: dict[int, list[str]] = defaultdict(list)
        for phrase, weight in zip(phrases, hundredths[: len(phrases), column].tolist(), strict=True):
            if weight >= 20:
                by_weight[weight].append(phrase)
        lines += ["", f'[capabilities."{NAMES[label]}".learned]']
        for weight in sorted(by_weight, reverse=True):
            lines.append(f"{weight} = {json.dumps(by_weight[weight])}")
    return "\n".join(lines) + "\n"


# --- measuring


def _classes(rows: list[Labelled], table: room.CueTable) -> tuple[np.ndarray, np.ndarray]:
    results = [room.classify(words, len(words), table) for words in (hash_words(row.text) for row in rows)]
    return np.array([r[0] for r in results]), np.array([r[1] for r in results])


def _matrix(rows: list[Labelled], given: np.ndarray) -> str:
    """Return the confusion matrix with precision, recall and F1 as Markdown, followed by the averages."""
    true = np.array([NAMES.index(row.label) for row in rows])
    counts = np.zeros((len(NAMES), len(NAMES) + 1), int)
    np.add.at(counts, (true, given), 1)
    short = [name.split()[0] for name in NAMES] + ["unknown"]
    lines = [
        f"| asked for | n | {' | '.join(short)} | precision | recall | F1 |",
        "|---" * (len(short) + 5) + "|",
    ]
    scores = []
    for row in np.flatnonzero(counts.sum(axis=1)):
        hit, n, called = counts[row, row], counts[row].sum(), counts[:, row].sum()
        precision, recall = hit / max(called, 1), hit / n
        scores.append(2 * precision * recall / max(precision + recall, 1e-9))
        cells = " | ".join(str(count) if count else "" for count in counts[row])
        lines.append(f"| {NAMES[row]} | {n} | {cells} | {precision:.2f} | {recall:.2f} | {scores[-1]:.2f} |")
    right = counts.trace() / counts.sum()
    return "\n".join(lines) + f"\n\nMacro-F1 {np.mean(scores):.3f}, right {right:.3f}, of {len(rows)} prompts."


def _per_source(rows: list[Labelled], given: np.ndarray, asks: np.ndarray) -> str:
    lines = [
        f"| source | label | n | right | unknown | {' | '.join(ask.name for ask in room.ASKS)} |",
        "|---" * (5 + len(room.ASKS)) + "|",
    ]
    for source, label in sorted({(row.source, row.label) for row in rows}):
        chosen = np.array([row.source == source and row.label == label for row in rows])
        right, unknown = (given[chosen] == NAMES.index(label)).mean(), (given[chosen] == room.UNKNOWN).mean()
        bits = " | ".join(f"{(asks[chosen] >> bit & 1).mean():.3f}" for bit in range(len(room.ASKS)))
        lines.append(f"| {source} | {label} | {chosen.sum()} | {right:.3f} | {unknown:.3f} | {bits} |")
    return "\n".join(lines)


def main() -> None:
    """Learn if requested, then print the tables of the reference page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", type=Path)
    parser.add_argument("dialogues", type=Path, nargs="?")
    parser.add_argument("--learn", action="store_true", help="rewrite the learned part of cues.toml")
    parser.add_argument("--general", action="store_true", help="measure only the cues that were written by hand")
    arguments = parser.parse_args()
    halves = read(arguments.prompts, arguments.dialogues)
    if arguments.learn:
        head = CUES_FILE.read_text(encoding="utf-8").split(DASHES)[0]
        CUES_FILE.write_text(f"{head}{DASHES}\n\n{learn(halves['train'])}", encoding="utf-8")
    table = room.tabulate(_general_only()) if arguments.general else room.load_cues()
    given, asks = _classes(halves["test"], table)
    print("### Test half\n\n" + _matrix(halves["test"], given))
    print(
        "\n### By source, with the share of prompts that show each request\n\n"
        + _per_source(halves["test"], given, asks)
    )
    by_hand, _ = _classes(halves["hand"], table)
    print("\n### Labelled by hand\n\n" + _matrix(halves["hand"], by_hand))


if __name__ == "__main__":
    main()
