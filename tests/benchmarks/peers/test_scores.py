"""The threshold of a peer comes only from trusted honest accounts."""

from peers.scores import Scored, draw_line


def test_the_threshold_comes_only_from_trusted_accounts() -> None:
    scores = {f"t{i}": float(i) for i in range(100)} | {"low": 50.0, "high": 98.5, "over": 200.0}
    trusted = frozenset(name for name in scores if name.startswith("t"))
    assert draw_line(scores, trusted, rate=0.01) == [
        Scored("high", 98.5, False),
        Scored("low", 50.0, False),
        Scored("over", 200.0, True),
    ]
    assert not any(row.flagged for row in draw_line(scores, frozenset(), rate=0.01))
