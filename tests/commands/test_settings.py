"""``stillwatch settings`` as a user types it."""

import json


def test_settings_show_says_where_a_value_came_from(run, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text("[links]\nmax_bits = 9\n")
    shown = {v["name"]: v for v in json.loads(run("settings", "show", "--settings", settings, "--json").stdout)}
    assert shown["links.max_bits"]["value"] == "9.0"
    assert shown["links.max_bits"]["origin"] == str(settings)
    assert shown["campaigns.seed"]["origin"] == "default"
