from stillwatch.ingest.otel.vocabulary import EVENT, NAME, Vocabulary


def test_a_vocabulary_needs_no_more_than_a_title_and_its_facts() -> None:
    made = Vocabulary("Acme", {"model": ("acme.model",)})
    assert (made.kinds, made.complete, made.alone) == ((), (), False)


def test_the_names_of_name_and_event_are_no_attributes() -> None:
    assert " " in NAME
    assert " " in EVENT
