import numpy as np

from stillwatch.lab.texts.text_clusters import cluster, keywords


def test_texts_of_one_subject_share_a_cluster() -> None:
    rng = np.random.default_rng(1)
    words = ["whale ocean harpoon blubber krill", "engine piston gasket torque clutch"]
    texts = [" ".join(rng.permutation(words[i % 2].split())[:4]) for i in range(80)]
    found = cluster(texts, 2)
    assert len(set(found[::2])) == len(set(found[1::2])) == 1
    assert found[0] != found[1]
    assert np.array_equal(found, cluster(texts, 2))


def test_few_texts_and_one_cluster() -> None:
    assert cluster(["a", "b"], 1).tolist() == [0, 0]
    assert cluster([], 3).tolist() == []


def test_the_keyword_is_the_rarest_word() -> None:
    assert keywords(["the red barn", "the red cow", "the red barn owl", "?"]) == [
        "barn",
        "cow",
        "owl",
        "that",
    ]
