from stillwatch.lab.rhythms import DAY_US
from stillwatch.lab.scene import Scene


def test_the_calendar_follows_the_specification(around: Scene) -> None:
    assert around.end_us - around.start_us == 7 * DAY_US
    assert around.start_us < around.release_us < around.end_us


def test_a_name_fixes_the_random_numbers(around: Scene) -> None:
    assert around.named("a").rng.random() == around.named("a").rng.random()
    assert around.named("a").rng.random() != around.named("b").rng.random()
