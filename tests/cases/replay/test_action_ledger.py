import pytest


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE actions SET kind = 'throttle' WHERE action_id = 1", "kind differs from the log"),
        ("UPDATE actions SET dry_run = TRUE WHERE action_id = 1", "dry run differs from the log"),
        ("UPDATE actions SET state = 'in_force' WHERE action_id = 2", "state differs from the log"),
        ("UPDATE actions SET ends_at = NULL WHERE action_id = 1", "ends time differs from the log"),
        ("UPDATE actions SET due_at = planned_at WHERE action_id = 3", ""),
        ("UPDATE actions SET why = 'x', planned_by = 'ben' WHERE action_id = 1", "person differs from the log"),
        ("UPDATE actions SET approvals_needed = 0 WHERE action_id = 1", "need of approval differs from the log"),
        ("UPDATE actions SET carried_out_at = planned_at WHERE action_id = 1", "time when it was carried out differs"),
        ("UPDATE actions SET undone_at = planned_at WHERE action_id = 1", "undoing differs from the log"),
        ("UPDATE action_accounts SET account_id = 'acct_20c4d8_00040' WHERE action_id = 1 AND account_id = :one",
         "its accounts differ from the log"),
        ("UPDATE action_accounts SET arm = 'treated' WHERE action_id = 1", "held out differ from the log"),
        ("UPDATE action_accounts SET arm = 'dropped' WHERE action_id = 1 AND account_id = :one",
         "the accounts that it treats differ"),
        ("UPDATE action_accounts SET undone_at = NULL", "the accounts that it was undone for differ"),
        ("UPDATE action_accounts SET arm = 'treated' WHERE action_id = 3", ""),
        ("UPDATE action_accounts SET arm = 'dropped' WHERE action_id = 3", "the accounts that it asks differ"),
        ("UPDATE approvals SET \"by\" = 'leo'", "the answer of the second person differs"),
        ("DELETE FROM approvals", "the answer of the second person differs"),
        ("UPDATE actions SET action_id = 9 WHERE action_id = 2", "no entry of the log planned it"),
    ],
)  # fmt: skip
def test_an_action_that_was_changed_by_hand_is_found(lived_in, after, sql, words):
    if "action_id = 9" in sql:
        after("DELETE FROM action_accounts WHERE action_id = 2")  # PostgreSQL checks that they name an action
    values = {"one": lived_in[3]} if ":one" in sql else {}
    found = after(sql, **values)
    if words:
        assert any(words in what for _, what in found), found


def test_an_account_that_is_added_to_an_action_is_found(lived_in, after):
    found = after(
        "INSERT INTO action_accounts (action_id, account_id, arm, note) VALUES (1, 'acct_20c4d8_00041', 'treated', '')"
    )
    assert ("action 1", "its accounts differ from the log") in found
    assert ("action 1", "the accounts that it treats differ from the log") in found


def test_a_plan_that_is_gone_is_missed(lived_in, after):
    after("DELETE FROM action_accounts WHERE action_id = 2")
    assert ("action 2", "the action is missing") in after("DELETE FROM actions WHERE action_id = 2")
