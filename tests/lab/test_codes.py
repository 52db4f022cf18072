import numpy as np

from stillwatch.lab import codes


def test_codes_are_taken_apart_again() -> None:
    topics, variants = np.array([0, 7, 65_535]), np.array([0, 5, (1 << 40) - 1])
    values = codes.encode(codes.DIALOGUE, topics, variants)
    assert (values > 0).all()
    assert codes.space_of(values).tolist() == [codes.DIALOGUE] * 3
    assert np.array_equal(codes.topic_of(values), topics)
    assert np.array_equal(codes.variant_of(values), variants)
