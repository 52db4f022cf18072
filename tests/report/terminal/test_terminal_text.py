from stillwatch.report.terminal.terminal_text import evidence_lines
from stillwatch.tables import scan_folder


def test_a_terminal_shows_the_answers_the_readings_and_the_evidence_by_kind(scan):
    row = scan_folder.read(scan).campaigns.to_pylist()[1]
    text = "\n".join(evidence_lines(row))
    for part in (
        "One list of work in many hands, operator unknown",
        "Rank 2 in its scan; 62 accounts",
        "Coordination (tested): 77.0%: more likely than not",
        "Accountability (facts): unknown",
        "Verified business: 3% of the members",
        "Use (described): mostly reasoning traces",
        "What would change this: members whose identity is verified",
        "Innocent explanations:\n  A reseller",
        "Evidence, tested:\n  Same worklist: 0.004 observed, 0.03 expected (distance between members: 0 is alike); −log₂ p = 17",
        "-0.5 points in the queue",
    ):
        assert part in text, part
    assert text.index("Innocent explanations") < text.index("Evidence, tested")


def test_a_case_by_hand_has_no_evidence():
    assert evidence_lines({}) == []


def test_a_row_of_an_earlier_version_has_lines():
    text = "\n".join(evidence_lines({"n_accounts": 3, "n_exchanges": 9, "severity": "review", "reasons": []}))
    assert "Accountability (facts): not known" in text
    assert "The scan recorded none." in text
