from pathlib import Path

import pytest

from stillwatch.errors import SettingsError
from stillwatch.settings import load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stillwatch.toml"
    path.write_text("[campaigns]\nmin_accounts = 7\nseed = 3\n[links]\nmax_bits = 9.5\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password_memory_kib", 1024), ("password_passes", 1), ("session_hours", 0), ("session_idle_hours", 0),
        ("base_url", "console.example"), ("base_url", "https://console.example/path"), ("base_url", "ftp://x"),
        ("trusted_proxies", ("anywhere",)), ("port", 70_000), ("oidc__issuer", "http://idp.example"),
        ("oidc__roles", {"group": "emperor"}),
    ],
)  # fmt: skip
def test_the_console_is_not_made_weak_by_a_slip(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name.rpartition("__")[2]):
        load(environment={}, **{f"console__{name}": value})
