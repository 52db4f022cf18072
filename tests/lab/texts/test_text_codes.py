import numpy as np

from stillwatch.lab.texts import text_codes


def test_codes_can_be_decoded() -> None:
    topics, variants = np.array([0, 7, 65_535]), np.array([0, 5, (1 << 40) - 1])
    values = text_codes.encode(text_codes.DIALOGUE_TURN, topics, variants)
    assert (values > 0).all()
    assert text_codes.space_of(values).tolist() == [text_codes.DIALOGUE_TURN] * 3
    assert np.array_equal(text_codes.topic_of(values), topics)
    assert np.array_equal(text_codes.variant_of(values), variants)
