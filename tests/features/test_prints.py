"""Prints: one row per exchange, from text or from a sketch alike."""

import datetime as dt

import pyarrow as pa
from pydantic import SecretStr

from stillwatch.features import NEEDS, printer, sketch_batch, sketcher
from stillwatch.features.prints import without_text
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.settings import FeaturesSettings
from stillwatch.tables import EXCHANGES, PRINTS, SKETCHED, STAGED
from stillwatch.tables import TEXTS as TEXT_COLUMNS

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SETTINGS = FeaturesSettings()
SCHEMA = pa.schema([EXCHANGES.schema.field(name) for name in NEEDS])
TEXTS = [
    ("You are terse.", "sort a list of intervals by their start and merge those that overlap"),
    ("You are terse.", "你好，请写一首关于冬天的诗"),
    (None, None),
    ("You are kind.", "continue"),
    (None, "rate the answer below from one to ten and give the reason before the grade"),
]


def _batch(rows: list[tuple[str | None, str | None, bytes | None]]) -> pa.RecordBatch:
    full = [
        {"account_id": f"acct-{i}", "at": AT, "system_prompt": s, "prompt": p, "sketch": k}
        for i, (s, p, k) in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(full, schema=SCHEMA)


def _of_texts() -> pa.RecordBatch:
    return _batch([(system, prompt, None) for system, prompt in TEXTS])


def _of_sketches(settings: FeaturesSettings = SETTINGS) -> pa.RecordBatch:
    made = sketch_batch(_of_texts(), settings)
    packed = [row.tobytes() if known else None for row, known in zip(made.rows, made.known, strict=True)]
    return _batch([(None, None, sketch) for sketch in packed])


def test_one_print_per_row_in_the_schema_of_the_table() -> None:
    prints = printer(SETTINGS)(_of_texts())
    assert prints.schema == PRINTS.schema
    prints.validate(full=True)
    rows = prints.to_pylist()
    assert [row["account_id"] for row in rows] == [f"acct-{i}" for i in range(5)]
    assert [row["vector"] is None for row in rows] == [False, False, True, False, False]
    assert {len(row["vector"]) for row in rows if row["vector"] is not None} == {DIMENSIONS}
    assert rows[2]["prompt_hash"] == 0
    assert rows[2]["capability"] == -1
    assert rows[4]["asks"] != 0


def test_sketches_give_the_prints_that_the_texts_give() -> None:
    assert printer(SETTINGS)(_of_sketches()).equals(printer(SETTINGS)(_of_texts()))


def test_keyed_sketches_too_and_they_compare_only_under_one_key() -> None:
    keyed = FeaturesSettings(sketch_key=SecretStr("s3cret of a test"))
    from_texts = printer(keyed)(_of_texts())
    assert printer(keyed)(_of_sketches(keyed)).equals(from_texts)
    assert not printer(SETTINGS)(_of_texts()).column("prompt_hash").equals(from_texts.column("prompt_hash"))


def test_text_wins_over_a_sketch_beside_it() -> None:
    sketch = sketch_batch(_of_texts(), SETTINGS).rows[0].tobytes()
    both = printer(SETTINGS)(
        _batch([(None, "something else entirely", sketch), (None, None, sketch), (None, "", sketch)])
    )
    text = printer(SETTINGS)(_batch([(None, "something else entirely", None)]))
    assert both.slice(0, 1).equals(text)
    assert both.column("prompt_hash")[1] == both.column("prompt_hash")[2]
    assert both.column("prompt_hash")[1] == printer(SETTINGS)(_of_texts()).column("prompt_hash")[0]


def test_a_sketch_of_a_row_without_text_says_nothing_of_it() -> None:
    """A gateway may send a sketch with every row; that of an empty prompt must read as the empty prompt does."""
    made = sketch_batch(_batch([(None, "", None), (None, "?!", None), (None, None, None)]), SETTINGS)
    sent = printer(SETTINGS)(_batch([(None, None, row.tobytes()) for row in made.rows]))
    assert sent.column("vector").null_count == 3
    assert sent.column("prompt_hash").to_pylist() == [0, 0, 0]


def test_sliced_batches_give_slices_of_the_prints() -> None:
    whole = printer(SETTINGS)(_of_texts())
    for start, length in ((1, 3), (2, 1), (4, 1), (2, 0)):
        assert printer(SETTINGS)(_of_texts().slice(start, length)).equals(whole.slice(start, length))


def test_no_rows_no_prints() -> None:
    assert printer(SETTINGS)(_of_texts().slice(0, 0)).num_rows == 0


def _exchanges(rows: list[tuple[str | None, str | None]]) -> pa.RecordBatch:
    full = [
        {
            "exchange_id": f"x{i}", "at": AT, "account_id": f"acct-{i}", "model": "m", "status": "ok",
            "system_prompt": system, "prompt": prompt, "completion": "an answer", "output_tokens": 7,
        }
        for i, (system, prompt) in enumerate(rows)
    ]  # fmt: skip
    return pa.RecordBatch.from_pylist(full, schema=EXCHANGES.schema)


def _prints_of(exchanges: pa.RecordBatch) -> pa.RecordBatch:
    return printer(SETTINGS)(exchanges.select(list(NEEDS)))


def test_exchanges_without_their_text_give_the_same_prints_and_keep_the_rest() -> None:
    exchanges = _exchanges(TEXTS)
    sent = without_text(exchanges, SETTINGS)
    assert sent.schema == EXCHANGES.schema
    for name in ("prompt", "system_prompt", "completion"):
        assert sent.column(name).null_count == len(TEXTS)
    assert {len(s) for s in sent.column("sketch").to_pylist() if s is not None} == {600}
    changed = {"prompt", "system_prompt", "completion", "sketch", "answer_digests"}
    rest = [name for name in EXCHANGES.names if name not in changed]
    assert sent.select(rest).equals(exchanges.select(rest))
    assert _prints_of(sent).equals(_prints_of(exchanges))
    assert without_text(sent, SETTINGS).equals(sent)


def test_a_system_prompt_without_a_prompt_survives_in_the_sketch() -> None:
    exchanges = _exchanges([("You are terse.", None), ("You are terse.", ""), (None, None)])
    plain = _prints_of(exchanges)
    assert plain.column("system_hash")[0].as_py() != 0
    assert _prints_of(without_text(exchanges, SETTINGS)).equals(plain)


def test_a_staged_batch_keeps_everything_but_its_texts() -> None:
    plain = {"exchange_id": "x", "at": AT, "account_id": "a", "model": "m", "status": "ok", "source": "log"}
    rows = [
        plain | {"position": i, "system_prompt": s, "prompt": p, "completion": "an answer", "input_tokens": i}
        for i, (s, p) in enumerate(TEXTS)
    ]
    staged = pa.RecordBatch.from_pylist(rows, schema=STAGED.schema)
    made = sketcher(SETTINGS)(staged)
    assert made.schema == SKETCHED.schema
    made.validate(full=True)
    assert not set(TEXT_COLUMNS) & set(made.schema.names)
    prints = printer(SETTINGS)(staged.select(list(NEEDS)))
    for name in SKETCHED.names:
        if name in PRINTS.names:
            assert made.column(name).equals(prints.column(name)), name
        elif name in staged.schema.names:
            assert made.column(name).equals(staged.column(name)), name
    assert len(set(made.column("content_hash").to_pylist())) == len(rows)
    said = b"".join(str(value).encode() for row in made.to_pylist() for value in row.values())
    assert b"intervals" not in said
    assert b"answer" not in said


def test_digests_of_answers_are_made_with_the_sketches_and_given_ones_stay() -> None:
    said = "an answer of more than eight words that another account may quote later"
    rows = [
        {"exchange_id": f"x{i}", "at": AT, "account_id": "a", "model": "m", "status": "ok", **answer}
        for i, answer in enumerate(
            ({"completion": said}, {"answer_digests": [1, 2]}, {"completion": said, "answer_digests": [1, 2]}, {})
        )
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=EXCHANGES.schema)
    keyed = FeaturesSettings(sketch_key=SecretStr("s3cret of a test"))
    made, given, both, neither = without_text(batch, keyed).column("answer_digests").to_pylist()
    assert len(made) == 13 - 8 + 1
    assert (given, both, neither) == ([1, 2], made, None)
    assert not set(made) & set(without_text(batch, SETTINGS).column("answer_digests").to_pylist()[0])
    assert without_text(batch.slice(1, 2), keyed).column("answer_digests").to_pylist() == [given, both]
    sent = without_text(batch, keyed)
    assert without_text(sent, keyed).equals(sent)


def test_a_scan_of_texts_makes_no_digests_and_keeps_those_that_are_given() -> None:
    plain = {"exchange_id": "x", "at": AT, "account_id": "a", "model": "m", "status": "ok", "source": "log"}
    rows = [
        plain | {"position": 1, "completion": "one two three four five six seven eight nine"},
        plain | {"position": 2, "answer_digests": [-5, 7], "n_samples": 4, "seed": 2**62 + 1, "logprobs": True},
    ]
    made = sketcher(SETTINGS)(pa.RecordBatch.from_pylist(rows, schema=STAGED.schema)).to_pylist()
    assert [row["answer_digests"] for row in made] == [None, [-5, 7]]
    assert (made[1]["n_samples"], made[1]["seed"], made[1]["logprobs"], made[1]["batch"]) == (4, 2**62 + 1, True, None)
