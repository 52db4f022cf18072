"""Measures the capability classifier on the test half of real prompts; with ``--learn`` rewrites its cues.

    python benchmarks/capabilities.py PROMPTS.parquet [DIALOGUES.parquet] [--learn] [--general]

PROMPTS has the columns source, topic and text; DIALOGUES has turn and text, of which first turns are used.
The result goes to stdout as Markdown. What is measured was not seen by ``--learn``: texts are split by their
hash, and templated sets (T0) by template, so that a template of the test half is new. ``HAND_LABELLED``
prompts are never learned.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from scipy import sparse
from scipy.optimize import minimize

from stillwatch.features import capabilities as room
from stillwatch.features.words import hash_words
from stillwatch.model import CAPABILITIES

NAMES = [capability.name for capability in CAPABILITIES]
CUES_FILE = Path(room.__file__).with_name("cues.toml")
DASHES = "# " + "-" * 117
PER_GROUP = {"train": 2000, "test": 300}
T0_PER_GROUP = {"train": 250, "test": 30}
LENGTH_EDGES = (3, 6, 9, 13, 20, 35, 60, 120, 250)
PHRASES_PER_CLASS = 110
LEAST_TEXTS = 12
MOST_WEIGHT = 1.2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SMALL_TALK = _words(
    """
    greeting goodbye thank_you yes no maybe tell_joke are_you_a_bot how_old_are_you
    what_are_your_hobbies who_made_you what_is_your_name where_are_you_from who_do_you_work_for
    do_you_have_pets meaning_of_life fun_fact
    """
)
T0_RULES = (
    (
        re.compile(
            r"generate_story|spice_up|expand_reverse|write_an_article|reverse_writing"
            r"|match_this_summary|its_sentence|build_story|generate_question|generate_review|Jeopardy"
            r"|Generate_Question|Generate_the_question|generate_(first|last)|formulate"
            r"|generate_(object|subject)|wiki_bio_(who|guess|comprehension)|title_generation"
            r"|Guess_Title|exercise"
        ),
        "",
    ),
    (
        re.compile(r"cnn_|gigaword|multi_news|samsum|xsum|mrpc_generate|paraphrase_task"),
        "rewriting",
    ),
    (
        re.compile(
            r"mrpc|qqp|paws|ag_news|dbpedia|trec|amazon|imdb|rotten|yelp|app_reviews|wiki_bio_"
            r"|Topic_Prediction|sentence_to_concepts|topics_from"
        ),
        "data analysis",
    ),
    (
        re.compile(r"hotpotqa|Closed_Book|wiki_qa_Direct"),
        "search",
    ),
    (
        re.compile(
            r"quarel|quartz|ropes|cosmos|wiqa|commonsense|social_i_qa_(I_was|Show|Generate_answer)"
            r"|qasc"
        ),
        "reasoning traces",
    ),
)
WHOLE_SOURCES = {
    "nq-open": "search",
    "gpteacher-toolformer": "tool use",
    "apibench": "software engineering",
    "gsm8k": "reasoning traces",
    "gpteacher-roleplay": "role-play",
}
# Labelled by their first words, which would then be all that is learned.
ACT_AS = ("i want you to act as", "act as")
NEVER_LEARNED = {"awesome-chatgpt-prompts"}
# Labelled one by one by their first words (120 to 170 characters), from mixed sources; the key is three bytes
# of BLAKE2b of the text.
HAND_LABELLED = {
    "software engineering": """
        0031d4 003c8c 005322 0055bb 00e5f6 00e979 00fa45 01f815 029703 02c0b1 0361e8 0439a4 04e1e4
        05d338 05d690 060ce5 06932b 06c1f8 071a94 0748b3 088c95 08deee 093ee9 0941e6 0997e9 09fa59
        0abeb6 0b1eee 0b46c8 0d0731 0d28ea 0d2dcd 0dd731 0ddc39 0e0a7f 0ebd69 0ed3ab 0fe307 104052
        10d523 117256 1298f8 13360f 14ce30 157072 15dece 15fca4 17b6e7 185bb4 1871f1 18ee37 190121
        19a58a 1b32c9 1b7605 1b8180 1c20af 1c4b8c 1f0dc6 209f48 20fc9a 2159a8 2175d2 227187 22759b
        233789 23830a 242f7f 244f5e 253b01 25ba88 261009 2784c8 27bfe6 280542 29057d 294025 297eeb
        2a138c 2a8e93 2ad840 00d2fe 0ee347 305b75 323afa 3a3712 607910 7bcc6e 0c95fa 15084e 161053
        1a0813 3c9f23 4c6219 4f5dfe 53de70
    """,
    "reasoning traces": """
        02f04e 033454 04d3f9 0ae63b 0d98e3 0db91f 0fb031 085ae5 098459 17d825 1cf412 1d1de2 19e133
        1fc7e4 267ed9 272901 296702 07c430 1ed1ea 050350 076422 36b5df 408aaf 572949 7da4f3 8ca982
        5926ba 1b82e1 47192d 495f36 5184a5
    """,
    "data analysis": """
        218239 275148 1588c2 0131b7 1a8bb0 23f5b9 30b569 313930 3dddb9 4117d0 5d8730 6688ab 6db12d
        89b10e 83895d 3c291c 062369 10cf77 17c33e 1d61f3 2d6fb2 407882 5708bb 55d425
    """,
    "rewriting": """
        12d4e2 450a87 54cc96 6370f9 6483c2 6e2ba9 20c5db 5afe97 699419 6b7518 022ac8 09a6dc 203bad
        314127 36de6c 4902b7 4b337b 40b7b8 139c35
    """,
    "chat": """
        0b945c 141711 0c91ef 19a899 23afef 30954c 3f85d0 5a06f0 5a0d7d 547cbc 691730 7ee864 8dea04
        62747a 635ebf 205013 36aad0 2f69ba 132bdb 18e040 54d91e 5194e6 1f2d2d
    """,
    "search": """
        333e35 151ab3 3b901f
    """,
    "role-play": """
        25b96b 27cee0 59f2f2
    """,
    "grading": """
        464afc 129158
    """,
}
# Words that name a data set's format or its subject rather than what is asked, found by reading.
ARTEFACTS = _words(
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
STOP_WORDS = _words(
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


class Labelled(NamedTuple):
    """One prompt with its label and where it came from."""

    label: str
    source: str
    group: str
    template: str
    half: str
    text: str


def _half(key: str) -> str:
    return "test" if blake2b(key.encode(), digest_size=8).digest()[0] & 1 else "train"


def _label(source: str, topic: str, text: str) -> str:
    """Return the capability that a source or, where it is mixed, its topic stands for; empty for none."""
    if source == "t0-templates":
        return next((label for pattern, label in T0_RULES if pattern.search(topic)), "")
    if source == "clinc-oos" and topic != "oos":
        return "chat" if topic in SMALL_TALK else "business bot"
    mixed = {
        "bfcl-live": "tool use" if topic != "live_irrelevance" else "",
        "arena-hard": "chat" if topic == "creative_writing" else "",
        "awesome-chatgpt-prompts": "role-play" if text.lower().startswith(ACT_AS) else "",
    }
    return WHOLE_SOURCES.get(source) or mixed.get(source, "")


def _rows(prompts: Path, dialogues: Path | None) -> Iterator[Labelled]:
    by_hand = {digest: label for label, digests in HAND_LABELLED.items() for digest in digests.split()}
    columns = pq.read_table(prompts, columns=["source", "topic", "text"]).to_pydict()
    for source, topic, text in zip(columns["source"], columns["topic"], columns["text"], strict=True):
        if source.startswith(("arena-hard", "self-instruct")) and topic != "creative_writing":
            digest = blake2b(text.encode(), digest_size=3).hexdigest()
            if digest in by_hand:
                yield Labelled(by_hand[digest], "by hand", "by hand", "", "hand", text)
        elif label := _label(source, topic or "", text):
            templated = source == "t0-templates"
            group = "_".join(topic.split("_")[:2]) if templated else source
            template = topic if templated else ""
            half = "test" if source in NEVER_LEARNED else _half(template or text)
            yield Labelled(label, source, group, template, half, text)
    if dialogues is not None:
        table = pq.read_table(dialogues, columns=["turn", "text"]).to_pydict()
        for turn, text in zip(table["turn"], table["text"], strict=True):
            if turn == min(table["turn"]):
                yield Labelled("business bot", "sgd", "sgd", "", _half(text), text)


def read(prompts: Path, dialogues: Path | None) -> dict[str, list[Labelled]]:
    """Return the labelled prompts by half (train, test, hand): distinct, so many per label and group."""
    taken: dict[tuple[str, str, str], int] = Counter()
    halves: dict[str, list[Labelled]] = defaultdict(list)
    distinct = {row.text: row for row in _rows(prompts, dialogues)}
    for row in sorted(distinct.values(), key=lambda row: blake2b(row.text.encode(), digest_size=8).digest()):
        key = (row.half, row.label, row.group)
        most = (T0_PER_GROUP if row.source == "t0-templates" else PER_GROUP).get(row.half, len(distinct))
        if taken[key] < most:
            taken[key] += 1
            halves[row.half].append(row)
    return halves


# --- learning


def _split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9_\u0080-\uffff]+", text.lower())


def _phrases(text: str) -> set[str]:
    """Return the phrases of *text* that the classifier would look up."""
    words = ["^", *_split(text), "$"]
    n = len(words) - 2
    begins = [at for at in range(-1, n) if at < room.HEAD_WORDS or at >= n - room.TAIL_WORDS]
    return {" ".join(words[at + 1 : at + 1 + size]) for size in range(1, room.MAX_PHRASE + 1) for at in begins}


def _proper_nouns(texts: list[str]) -> set[str]:
    """Return the words that mostly begin with a capital inside sentences: names of people, places, firms."""
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
    """Return *found* less what varies in templates: phrases in fewer than half of a template's texts."""
    size = Counter(row.template for row in rows)
    count = Counter((row.template, phrase) for row, phrases in zip(rows, found, strict=True) for phrase in phrases)
    return [
        {p for p in phrases if not row.template or 2 * count[row.template, p] >= size[row.template]}
        for row, phrases in zip(rows, found, strict=True)
    ]


def _row_weights(rows: list[Labelled]) -> np.ndarray:
    """Weigh rows so that every class counts the same, within it every source, and within that every group."""
    size = Counter((row.label, row.source, row.group) for row in rows)
    groups = Counter((label, source) for label, source, _ in size)
    sources = Counter(label for label, _ in groups)
    return np.array(
        [1 / (size[r.label, r.source, r.group] * groups[r.label, r.source] * sources[r.label]) for r in rows]
    )


def _select(
    rows: list[Labelled], found: list[set[str]], labels: np.ndarray, weights: np.ndarray
) -> list[tuple[int, str]]:
    """Return (class, phrase) of the phrases that speak most for a class, by the share they tell apart.

    A phrase known from templates alone must stand in templates of two data sets.
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
            if inside > 3 * outside and _admissible(phrase, names):  # three times likelier at least
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
    """Return the scores (log-odds) that the general cues give, rows × classes."""
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
    """Return features × classes: a softmax fitted with phrase weights ≥ 0, and only where *mask* allows."""
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
    """Return the learned part of cues.toml from the training half."""
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
    """Return the confusion matrix with precision, recall and F1 as Markdown, and the averages below."""
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
    """Learn if asked to, then print the tables of the reference page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", type=Path)
    parser.add_argument("dialogues", type=Path, nargs="?")
    parser.add_argument("--learn", action="store_true", help="rewrite the learned part of cues.toml")
    parser.add_argument("--general", action="store_true", help="measure the cues written by hand alone")
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
