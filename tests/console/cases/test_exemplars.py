from datetime import UTC, datetime

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import exemplars
from stillwatch.cases.decisions.exemplars import Prompt
from stillwatch.cases.store import audit


@pytest.fixture
def kept(taken, desk):
    """Keep one prompt of case 2, which tries to be markup."""
    desk.settings = desk.settings.model_copy(update={"exemplars": 5})
    with desk.work(Actor("ann", Role.ANALYST), Permission.REVEAL) as work:
        text = "Explain this <script>alert(1)</script> to jane@example.org, please"
        exemplars.keep(work, 2, [Prompt("acct_20c4d8_00001", datetime(2026, 3, 1, tzinfo=UTC), text)])


def test_a_prompt_is_shown_by_its_beginning_until_somebody_says_why(crowd, kept, desk):
    browser = crowd.signed_in("analyst")
    page = browser.get("/cases/2").text
    assert "Explain this &lt;script&gt;alert(1)&lt;/script&gt; to … 2 more words" in page
    assert "[e-mail]" not in page
    assert browser.post("/cases/2/exemplars/1/reveal", why=" ").status_code == 422
    shown = browser.post("/cases/2/exemplars/1/reveal", why="Is it a class?")
    assert shown.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt; to [e-mail], please" in shown.text
    with desk.look() as look:
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.actor, last.action) == ("analyst", "exemplar revealed")
    assert "Is it a class?" in last.details


def test_who_may_not_read_is_offered_nothing(crowd, kept):
    assert "/reveal" not in crowd.signed_in("viewer").get("/cases/2").text
    assert crowd.signed_in("auditor").post("/cases/2/exemplars/1/reveal", why="x").status_code == 403


def test_a_program_reads_by_the_same_rule(crowd, kept):
    header = {"Authorization": f"Bearer {crowd.token('analyst')}"}
    read = crowd.stranger().client.post("/cases/2/exemplars/1/reveal.json", json={"why": "x"}, headers=header)
    assert read.json()["text"].endswith("to [e-mail], please")
    assert crowd.stranger().client.get("/cases/2.json", headers=header).json()["exemplars"][0]["beginning"]
