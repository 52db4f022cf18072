"""The game of a simulated operator against scans."""

import importlib

import pytest

from stillwatch import lab, runs
from stillwatch.errors import EngineError
from stillwatch.settings import Settings, load


def test_adapt_names_a_work_folder_that_cannot_be_made(tmp_path):
    with pytest.raises(
        EngineError, match=r"missing: cannot make a folder here .*--work names a folder that is there\."
    ):
        runs.adapt(lab.WorldSpec(days=2, accounts=30), settings=Settings(), work=tmp_path / "missing")


@pytest.mark.slow
def test_adapt_scans_each_round_by_the_worlds_own_names(monkeypatch, tmp_path):
    spec = lab.WorldSpec(days=2, accounts=30, campaigns=(lab.CampaignSpec(accounts=6, per_day=5),))
    real, asked = runs.scan, []

    def scan(logs, out, **options):
        asked.append(options["settings"].ingest.identifier_key.get_secret_value())
        return real(logs, out, **options)

    monkeypatch.setattr(importlib.import_module("stillwatch.runs.adapt"), "scan", scan)
    hashed = load(environment={}, ingest__identifier_key="a secret of tests")
    done = runs.adapt(spec, settings=hashed, rounds=2, work=tmp_path)
    assert asked == ["", ""]
    assert [r.flagged for r in done.rounds] == [False, False]
    assert list(tmp_path.iterdir()) == []
