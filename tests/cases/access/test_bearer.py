from stillwatch.cases.access import bearer


def test_each_is_new_and_long():
    made = {bearer.make() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 43
    assert bearer.make("x_").startswith("x_")


def test_what_is_kept_does_not_hold_it_and_takes_any_text():
    text = bearer.make()
    assert text not in bearer.digest(text)
    assert bearer.digest(text) == bearer.digest(text) != bearer.digest(text + "x")
    assert len(bearer.digest("\ud800ä")) == 64
