import pyarrow as pa
import pytest

from stillwatch import features
from stillwatch.errors import SettingsError
from stillwatch.ingest.state.terms import require_same, terms
from stillwatch.settings import Settings, load
from stillwatch.tables import SKETCHED

SECRETS = ("my-own-sketch-key", "my-own-identifier-key")


def _terms(settings: Settings) -> dict[str, str]:
    return terms(settings, features.sketcher(settings.features), SKETCHED.schema)


def _loaded(**flags: object) -> Settings:
    return load(environment={}, **flags)


def test_the_same_settings_are_the_same_terms() -> None:
    require_same(_terms(_loaded()), _terms(_loaded()), "state")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"ingest__identifier_key": SECRETS[1]}, r"another ingest\.identifier_key;?"),
        ({"features__sketch_key": SECRETS[0]}, r"another features\.sketch_key"),
        ({"ingest__trusted_hops": ["10.0.0.0/8"]}, r"another ingest\.trusted_hops"),
        ({"ingest__max_row_bytes": 2048}, r"another ingest\.max_row_bytes"),
    ],
)
def test_other_settings_are_named_and_no_key_is_shown(flags: dict[str, object], named: str) -> None:
    before, now = _terms(_loaded()), _terms(_loaded(**flags))
    with pytest.raises(SettingsError, match=f"/srv/state: this state was made with {named}") as error:
        require_same(before, now, "/srv/state")
    for secret in SECRETS:
        assert secret not in error.value.sentence()
        assert secret not in str(now)


def test_what_changes_results_and_not_rows_may_change() -> None:
    other = _loaded(
        campaigns__min_accounts=7, ingest__dominant_address_share=0.9, state__keep_days=3, engine__threads=1
    )
    require_same(_terms(_loaded()), _terms(other), "state")


def test_another_way_to_sketch_is_noticed_though_nobody_said_so() -> None:
    settings = _loaded()
    real = features.sketcher(settings.features)

    def other(batch: pa.RecordBatch) -> pa.RecordBatch:
        made = real(batch)
        place = made.schema.get_field_index("n_words")
        words = pa.array([n + 1 for n in made.column("n_words").to_pylist()], pa.int32())
        return made.set_column(place, made.schema.field(place), words)

    with pytest.raises(SettingsError, match="another version of Stillwatch"):
        require_same(terms(settings, real, SKETCHED.schema), terms(settings, other, SKETCHED.schema), "state")


def test_other_columns_are_another_version() -> None:
    settings = _loaded()
    made = features.sketcher(settings.features)
    before = terms(settings, made, SKETCHED.schema)
    with pytest.raises(SettingsError, match="another version of Stillwatch"):
        require_same(before, terms(settings, made, pa.schema(list(SKETCHED.schema)[:-1])), "state")
    with pytest.raises(SettingsError, match="another version"):
        require_same({k: v for k, v in before.items() if "." in k}, before, "state")
