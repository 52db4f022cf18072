import pytest


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE judgements SET verdict = 'innocent' WHERE judgement_id = 1", "verdict differs from the log"),
        ("UPDATE judgements SET why = 'x' WHERE judgement_id = 1", "reason differs from the log"),
        ("UPDATE judgements SET \"by\" = 'ben' WHERE judgement_id = 1", "person differs from the log"),
        ("UPDATE judgements SET case_id = 1 WHERE judgement_id = 1", "case differs from the log"),
        ("UPDATE judgements SET account_id = 'acct_20c4d8_00050' WHERE judgement_id = 2", "its accounts differ"),
        ("DELETE FROM judgements WHERE judgement_id = 2", "its accounts differ from the log"),
        ("DELETE FROM judgements WHERE judgement_id = 1", "its judgement is missing"),
        ("UPDATE judgements SET superseded_at = at WHERE judgement_id = 1", "whether a later answer superseded it"),
        ("UPDATE judgements SET superseded_at = NULL", "whether a later answer superseded it"),
        ("UPDATE judgements SET expires_at = NULL", "end differs from the log"),
        ("UPDATE judgements SET verdict = 'confirmed' WHERE appeal_id IS NOT NULL", "verdict differs from the log"),
        ("UPDATE judgements SET superseded_at = at WHERE appeal_id IS NOT NULL", "whether a later answer"),
        ("UPDATE judgements SET appeal_id = NULL WHERE appeal_id IS NOT NULL", "appeal differs from the log"),
        ("UPDATE judgements SET entry = 1 WHERE judgement_id = 1", "no entry of the log made it"),
    ],
)
def test_an_answer_that_was_changed_by_hand_is_found(lived_in, after, sql, words):
    found = after(sql)
    assert any(words in what for _, what in found), found


def test_an_answer_that_nobody_gave_is_found(lived_in, after):
    columns = 'case_id, account_id, verdict, why, "by", at, entry'
    found = after(
        f"INSERT INTO judgements ({columns}) SELECT {columns.replace('account_id', chr(39) + 'acct_20c4d8_00040' + chr(39))}"
        " FROM judgements WHERE judgement_id = 2"
    )
    assert any("its accounts differ" in what for _, what in found), found
