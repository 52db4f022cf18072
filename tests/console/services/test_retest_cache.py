from concurrent.futures import ThreadPoolExecutor

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan
from stillwatch.console.services import retest_cache as module
from stillwatch.console.services.retest_cache import RetestCache
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import scan_folder


def test_a_retest_is_prepared_once_until_another_scan_sees_the_case(desk, taken, tmp_path, make_scan, monkeypatch):
    cache, read = RetestCache(), []
    grounds = module.grounds
    monkeypatch.setattr(module, "grounds", lambda look, case: read.append(case) or grounds(look, case))
    with desk.look() as look:
        first = cache.of(look, 2)
        assert cache.of(look, 2) is first
        assert cache.of(look, 1) is not first
    with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
        import_scan.take(work, scan_folder.read(make_scan(tmp_path / "next", n_rejects=99)), "next")
    with desk.look() as look:
        assert cache.of(look, 2) is not first
    assert read == [2, 1, 2]
    assert first((), CampaignsSettings()).n_accounts == 62


def test_many_may_ask_at_once(desk, taken, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 1)
    cache, rules = RetestCache(), CampaignsSettings()

    def ask(number):
        with desk.look() as look:
            return cache.without(cache.of(look, 1 + number % 2), (), rules).n_accounts

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [400, 62] * 20


def test_only_a_few_are_kept(desk, taken, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 1)
    cache = RetestCache()
    with desk.look() as look:
        first = cache.of(look, 2)
        cache.of(look, 1)
        assert cache.of(look, 2) is not first
