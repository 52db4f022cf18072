from stillwatch.lab.long_texts.lexicon import words


def test_every_class_has_different_words_in_a_fixed_order() -> None:
    classes = words()
    assert set("NMVDGJAPFLOIUQRTHEXWYZ") == set(classes)
    for values in classes.values():
        assert len(values) == len(set(values)) > 100
        assert all(v == v.strip() and v for v in values)
    assert words.__wrapped__() == classes


def test_everyday_words_come_before_coined_ones() -> None:
    classes = words()
    assert "bridge" in classes["N"][:1_000]
    assert "bridges" in classes["M"][:1_000]
    assert {"carried", "stopped", "moved"} <= set(classes["D"])
    assert {"stopping", "moving", "agreeing"} <= set(classes["G"])
    assert {"children", "shelves", "cities"} & set(classes["M"]) >= {"children", "shelves"}
    assert [int(n) for n in classes["Q"]] == sorted(int(n) for n in classes["Q"])
