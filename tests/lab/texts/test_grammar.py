import numpy as np

from stillwatch.lab.texts.grammar import DOMAINS, grammar, pack, unpack


def test_fields_survive_packing() -> None:
    fields = tuple(np.array([1, 0]) for _ in range(6))
    assert all(np.array_equal(a, b) for a, b in zip(unpack(pack(fields)), fields, strict=True))


def test_there_are_hundreds_of_topics_with_words_of_their_own() -> None:
    speech = grammar()
    assert len(speech.subjects) > 200
    assert len(set(speech.subjects)) == len(speech.subjects)
    assert speech.n_terms.min() >= 4
    assert set(np.unique(speech.domain)) == set(range(len(DOMAINS)))


def test_texts_are_practically_unlimited_and_filled() -> None:
    speech, rng = grammar(), np.random.default_rng(1)
    topics = speech.topics_of("software")[rng.integers(0, 20, 4_000)]
    variants = speech.draw(rng, topics)
    texts = speech.render(topics, variants).to_pylist()
    assert len(set(texts)) > 3_500
    assert not any("{a}" in t or "{s}" in t or "{c}" in t for t in texts)
    assert speech.render(topics, variants).to_pylist() == texts


def test_render_keeps_order_and_lower_case() -> None:
    speech, rng = grammar(), np.random.default_rng(1)
    topics = rng.integers(0, len(speech.subjects), 50)
    variants = speech.draw(rng, topics)
    one_by_one = [speech.render(topics[i : i + 1], variants[i : i + 1])[0].as_py() for i in range(50)]
    assert speech.render(topics, variants).to_pylist() == one_by_one
    assert speech.render(topics, variants | 1).to_pylist() == [t.lower() for t in one_by_one]


def test_unused_fields_do_not_make_two_variants_of_one_text() -> None:
    speech = grammar()
    topics = np.zeros(2_000, dtype=np.int64) + speech.topics_of("service")[0]
    variants = np.unique(speech.draw(np.random.default_rng(2), topics))
    texts = set(speech.render(topics[: len(variants)], variants).to_pylist())
    assert len(texts) > 0.9 * len(variants)
