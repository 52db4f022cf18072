from stillwatch.ingest.parsing.format import Carrier, Format, Skip


def test_a_format_reads_one_unit_per_record_unless_it_says_otherwise() -> None:
    made = Format("One.", recognise=lambda _: 1.0, examples=lambda: [{"a": 1}], row=dict)
    assert list(made.units({"a": 1})) == [{"a": 1}]
    assert made.carriers == {Carrier.JSON, Carrier.CSV, Carrier.PARQUET}
    assert not made.columnar
    assert Skip().kind == ""
