import pytest

COPY = (
    'INSERT INTO allowances (allowance_id, kind, holder, why, "by", at, expires_at) '
    'SELECT 9, kind, holder, why, "by", at, expires_at FROM allowances WHERE allowance_id = 1'
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE cases SET state = 'open', closed_as = NULL WHERE case_id = 1",
         ("case 1", "whether it is closed, and as what, differs from the log")),
        ("UPDATE cases SET closed_as = 'confirmed' WHERE case_id = 1",
         ("case 1", "whether it is closed, and as what, differs from the log")),
        ("UPDATE cases SET state = 'closed', closed_as = 'innocent' WHERE case_id = 2",
         ("case 2", "whether it is closed, and as what, differs from the log")),
        ("UPDATE cases SET assigned_to = NULL", ("case 3", "assignment differs from the log")),
        ("UPDATE case_members SET account_id = 'z' WHERE account_id = 'x'", ("case 3", "its members differ from the log")),
        ("UPDATE allowances SET expires_at = at WHERE allowance_id = 1", ("allowance 1", "end differs from the log")),
        ("UPDATE allowances SET holder = 'x' WHERE allowance_id = 1", ("allowance 1", "holder differs from the log")),
        ("UPDATE allowances SET revoked_at = NULL", ("allowance 2", "revocation differs from the log")),
        ("UPDATE allowance_subjects SET account_id = 'acct_20c4d8_00000' WHERE account_id = 'p'",
         ("allowance 1", "accounts differs from the log")),
        (COPY, ("allowance 9", "no entry of the log made it")),
    ],
)  # fmt: skip
def test_a_case_or_allowance_that_was_changed_by_hand_is_found(lived_in, after, sql, expected):
    assert expected in after(sql)
