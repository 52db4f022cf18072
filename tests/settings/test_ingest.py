from pathlib import Path

import pytest

from stillwatch.errors import SettingsError
from stillwatch.settings import load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stillwatch.toml"
    path.write_text("[campaigns]\nmin_accounts = 7\nseed = 3\n[links]\nmax_bits = 9.5\n", "utf-8")
    return path


def test_networks_are_checked() -> None:
    with pytest.raises(SettingsError, match=r"ingest\.trusted_hops"):
        load(environment={"STILLWATCH_INGEST__TRUSTED_HOPS": '["10.0.0.0/99"]'})


@pytest.mark.parametrize("share", ["-0.1", "1.1", "half"])
def test_a_share_of_rejects_is_a_share(share: str) -> None:
    with pytest.raises(SettingsError, match=r"ingest\.max_rejects"):
        load(environment={"STILLWATCH_INGEST__MAX_REJECTS": share})


def test_a_short_key_is_refused_and_not_quoted() -> None:
    for name in ("INGEST__IDENTIFIER_KEY", "FEATURES__SKETCH_KEY"):
        with pytest.raises(SettingsError, match="a key has at least 16 characters") as error:
            load(environment={f"STILLWATCH_{name}": "fifteen letters"})
        assert "fifteen" not in str(error.value)
        load(environment={f"STILLWATCH_{name}": ""})
        load(environment={f"STILLWATCH_{name}": "sixteen letters!"})
