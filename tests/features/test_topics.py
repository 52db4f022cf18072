"""Topics: regions that prompts alone decide, whoever asked them and in whatever order, and counts that add up."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from pydantic import SecretStr

from stillwatch.engine import DuckDBEngine
from stillwatch.features import (
    NEEDS,
    TOPICS,
    VECTORS,
    fit,
    places,
    printer,
    sketch_batch,
    spread,
    vectors_in_topics,
)
from stillwatch.features.profiles import profile
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.settings import FeaturesSettings
from stillwatch.tables import EXCHANGES, PLACES, PRINTS, PROFILES, SPREADS

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SCHEMA = pa.schema([EXCHANGES.schema.field(name) for name in NEEDS])
SUBJECTS = [
    "compiler linker pointer template register stack heap inline macro header",
    "sonnet stanza rhyme meter ballad couplet verse refrain elegy metaphor",
    "enzyme protein ribosome mitosis membrane nucleus genome plasmid codon receptor",
    "tariff invoice ledger dividend mortgage auditor accrual equity pension escrow",
    "glacier monsoon isobar cyclone humidity aquifer tundra lagoon estuary drought",
    "violin cadenza tremolo octave sonata oboe chord tempo fugue overture",
    "galley rudder mainsail anchor bowsprit keel harbour tiller mooring beacon",
    "saffron braise sourdough custard marinade skillet shallot paprika simmer glaze",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("topics"), threads=1) as engine:
        yield engine


def _texts(n, seed=1):
    """Return *n* prompts of five words of one subject and one that hardly another has, and their subjects."""
    random = np.random.default_rng(seed)
    subjects = random.integers(len(SUBJECTS), size=n)
    words = [SUBJECTS[s].split() for s in subjects]
    return [f"{' '.join(random.choice(w, 5, replace=False))} {random.integers(10**6)}" for w in words], subjects


def _exchanges(texts, accounts):
    rows = [{"account_id": a, "at": AT, "prompt": t} for a, t in zip(accounts, texts, strict=True)]
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def _prints(texts, accounts=None, settings=None):
    names = accounts or [f"acct-{i % 40}" for i in range(len(texts))]
    return pa.Table.from_batches([printer(settings or FeaturesSettings())(_exchanges(texts, names))])


def _placed(topics, prints):
    return pa.Table.from_batches([places(topics)(b) for b in prints.combine_chunks().to_batches()], PLACES.schema)


def _same(left, right):
    return all(np.array_equal(getattr(left, f), getattr(right, f)) for f in ("branches", "leaves", "exists"))


TEXTS, SUBJECT_OF = _texts(1500)


@pytest.fixture(scope="module")
def prints():
    return _prints(TEXTS)


@pytest.fixture(scope="module")
def topics(engine, prints):
    return fit(engine, prints)


def test_prompts_of_one_subject_share_topics_that_others_do_not_have(topics, prints):
    topic = _placed(topics, prints).column("topic").to_numpy()
    assert len(np.unique(topic)) > 50
    assert 0 <= topic.min() <= topic.max() < TOPICS
    pure = [np.bincount(SUBJECT_OF[topic == t]).max() / (topic == t).sum() for t in np.unique(topic)]
    assert np.mean(pure) > 0.9


def test_topics_of_prompts_that_were_not_in_the_sample(topics):
    texts, subject = _texts(400, seed=2)
    topic = _placed(topics, _prints(texts)).column("topic").to_numpy()
    known = _placed(topics, _prints(TEXTS)).column("topic").to_numpy()
    mode = {t: np.bincount(SUBJECT_OF[known == t]).argmax() for t in np.unique(known)}
    assert np.mean([mode.get(t) == s for t, s in zip(topic, subject, strict=True)]) > 0.9


def test_topics_depend_neither_on_order_nor_on_who_asked(engine, topics, prints):
    order = np.random.default_rng(3).permutation(len(prints))
    renamed = prints.set_column(0, PRINTS.schema.field(0), pa.array([f"other-{i % 7}" for i in range(len(prints))]))
    for other in (prints.take(order), renamed, pa.concat_tables([prints, prints.slice(0, 700)])):
        assert _same(fit(engine, other), topics)
    assert not _same(fit(engine, prints.slice(0, 1000)), topics)


def test_the_sample_is_bounded_and_still_depends_on_the_prompts_alone(engine, topics, prints, monkeypatch):
    monkeypatch.setattr("stillwatch.features.topics._SAMPLE", 400)
    small = fit(engine, prints)
    assert not _same(small, topics)
    assert small.exists.sum() <= 400 // 6 + 32
    order = np.random.default_rng(4).permutation(len(prints))
    assert _same(fit(engine, prints.take(order)), small)
    # A prompt that everybody repeats is one prompt, so the sample is that of the different ones.
    lowest = prints.take(np.argsort(prints.column("prompt_hash").to_numpy())[:3])
    assert _same(fit(engine, pa.concat_tables([prints, *[lowest] * 50])), small)


def test_the_same_prompt_has_the_same_topic_and_half_whoever_asks(topics):
    placed = _placed(topics, _prints([TEXTS[0].upper(), TEXTS[5], TEXTS[0]], ["a", "b", "c"])).to_pylist()
    assert placed[0]["topic"] == placed[2]["topic"]
    assert placed[0]["half"] == placed[2]["half"]
    assert placed[0]["prompt_hash"] == placed[2]["prompt_hash"] != placed[1]["prompt_hash"]
    assert [row["account_id"] for row in placed] == ["a", "b", "c"]


def test_a_batch_may_be_cut_anywhere(topics, prints):
    whole = _placed(topics, prints)
    batch = prints.combine_chunks().to_batches()[0]
    cut = pa.Table.from_batches([places(topics)(batch.slice(s, 7)) for s in range(0, 1500, 7)], PLACES.schema)
    assert cut.combine_chunks().equals(whole.combine_chunks())
    assert places(topics)(batch.slice(0, 0)).num_rows == 0


@pytest.mark.parametrize("n", [0, 1, 150])
def test_few_prompts_are_one_topic(engine, n):
    prints = _prints(TEXTS[:n]) if n else PRINTS.schema.empty_table()
    found = fit(engine, prints)
    assert found.exists.sum() == 1
    if n:
        assert set(_placed(found, prints).column("topic").to_pylist()) == {0}
    assert set(_placed(found, _prints(TEXTS[:3])).column("topic").to_pylist()) == {0}


def test_only_topics_that_exist_are_named(topics, prints):
    branch, leaf = np.divmod(_placed(topics, prints).column("topic").to_numpy(), topics.leaves.shape[1])
    assert topics.exists[branch, leaf].all()
    vectors = np.random.default_rng(5).normal(scale=6, size=(200, DIMENSIONS)).astype(np.int8)
    branch, leaf = np.divmod(topics.of(vectors), topics.leaves.shape[1])
    assert topics.exists[branch, leaf].all()


def test_a_prompt_is_placed_at_the_nearest_leaf_of_the_nearest_branch(topics, prints):
    vectors = np.frombuffer(b"".join(prints.column("vector").to_pylist()), np.int8).reshape(-1, DIMENSIONS) / 127
    topic = _placed(topics, prints).column("topic").to_numpy()
    for row in range(0, 1500, 111):
        branch = ((topics.branches - vectors[row]) ** 2).sum(axis=1).argmin()
        distance = np.where(topics.exists[branch], ((topics.leaves[branch] - vectors[row]) ** 2).sum(axis=1), np.inf)
        assert topic[row] == branch * topics.leaves.shape[1] + distance.argmin()


def test_small_talk_and_prompts_without_a_vector_are_in_no_topic(engine, topics):
    texts = ["thanks", "go on please", "?!", "please go on then", TEXTS[0]]
    placed = _placed(topics, _prints(texts))
    assert placed.column("prompt_hash").to_pylist() == _prints(texts).column("prompt_hash").to_pylist()[3:]
    talk = _prints(["go on please"] * 500 + [f"no {i}" for i in range(500)])
    assert fit(engine, talk).exists.sum() == 1


@pytest.mark.parametrize("threads", [1, 3])
def test_vectors_in_topics_are_where_their_prompts_are_placed(engine, topics, prints, threads):
    """What has no place has no topic here either: small talk, and what has no vector."""
    said = pa.concat_tables([prints, _prints(["hello there", "one two three four"], ["acct-talk"] * 2)])
    blind = said.set_column(
        PRINTS.names.index("vector"), PRINTS.schema.field("vector"),
        pa.array([None, *said.column("vector").to_pylist()[1:]], pa.binary()),
    )  # fmt: skip
    found = pa.Table.from_batches(vectors_in_topics(engine, blind, topics, threads=threads), VECTORS)
    placed = _placed(topics, blind)
    vector_of = dict(zip(said.column("prompt_hash").to_pylist(), said.column("vector").to_pylist(), strict=True))
    expected = [(r["account_id"], r["half"], r["topic"], vector_of[r["prompt_hash"]]) for r in placed.to_pylist()]
    assert sorted(map(tuple, (row.values() for row in found.to_pylist()))) == sorted(expected)
    assert len(found) == len(prints)


def test_places_agree_with_profiles_on_the_halves(topics, prints):
    """What one half finds the other tests, so both must cut alike."""
    whole = pa.Table.from_batches([profile(prints.combine_chunks().to_batches()[0])], PROFILES.schema)
    in_profiles = {(r["account_id"], r["half"]): r["n"] for r in whole.to_pylist()}
    counted = _placed(topics, prints).group_by(["account_id", "half"]).aggregate([([], "count_all")]).to_pylist()
    assert {(r["account_id"], r["half"]): r["count_all"] for r in counted} == in_profiles


def _spread(engine, placed):
    rows = engine.arrow(spread(engine, placed)).read_all()
    assert tuple(rows.column_names) == tuple(SPREADS.names)
    return {(r["account_id"], r["half"], r["topic"]): r["n"] for r in rows.to_pylist()}


def test_spreads_count_different_prompts(engine):
    rows = [("a", 0, 1, 5), ("a", 0, 1, 5), ("a", 0, 2, 5), ("a", 0, 3, 6), ("a", 1, 4, 5), ("b", 0, 1, 5)]
    placed = pa.Table.from_pylist([dict(zip(PLACES.names, row, strict=True)) for row in rows], schema=PLACES.schema)
    assert _spread(engine, placed) == {("a", 0, 5): 2, ("a", 0, 6): 1, ("a", 1, 5): 1, ("b", 0, 5): 1}


def test_spreads_of_shards_by_account_are_the_spread_of_all(engine, topics, prints):
    placed = _placed(topics, prints)
    names = np.array(placed.column("account_id").to_pylist())
    whole, parts = _spread(engine, placed), {}
    for shard in range(3):
        here = np.array([int(name.split("-")[1]) % 3 == shard for name in names])
        part = _spread(engine, placed.filter(pa.array(here)))
        assert not parts.keys() & part.keys()
        parts |= part
    assert parts == whole
    assert sum(whole.values()) == len(set(zip(names, placed.column("prompt_hash").to_pylist(), strict=True)))
    twice = pa.concat_tables([placed, placed.slice(0, 400)])
    assert _spread(engine, twice) == whole


def test_spreads_of_days_add_up_where_no_prompt_comes_again(engine, topics, prints):
    placed = _placed(topics, prints)
    total = {}
    for day in (placed.slice(0, 600), placed.slice(600, 500), placed.slice(1100)):
        for key, n in _spread(engine, day).items():
            total[key] = total.get(key, 0) + n
    assert total == _spread(engine, placed)


def test_sketches_under_a_key_have_topics_as_good(engine):
    """A key shuffles dimensions, so the regions have other numbers; what is near stays near."""
    keyed = FeaturesSettings(sketch_key=SecretStr("s3cret of a test"))
    exchanges = _exchanges(TEXTS, ["a"] * len(TEXTS))
    packed = [row.tobytes() for row in sketch_batch(exchanges, keyed).rows]
    sent = exchanges.set_column(2, SCHEMA.field("prompt"), pa.nulls(len(TEXTS), pa.string()))
    sent = sent.set_column(NEEDS.index("sketch"), SCHEMA.field("sketch"), pa.array(packed, pa.binary()))
    prints = pa.Table.from_batches([printer(keyed)(sent)])
    assert prints.equals(_prints(TEXTS, ["a"] * len(TEXTS), keyed))
    topic = _placed(fit(engine, prints), prints).column("topic").to_numpy()
    pure = [np.bincount(SUBJECT_OF[topic == t]).max() / (topic == t).sum() for t in np.unique(topic)]
    assert len(pure) > 50
    assert np.mean(pure) > 0.9
