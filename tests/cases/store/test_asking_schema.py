from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.tables.sql import SqlTable


def test_experiments_are_of_the_same_database_and_name_what_they_were_planned_on():
    assert SqlTable.metadata.tables["experiments"] is Experiment.__table__
    assert {"scan_id", "n_accounts", "accounts_sha256", "seed"} <= {
        column.name for column in Experiment.__table__.columns
    }
    assert AskedAccount.__table__.primary_key.columns.keys() == ["experiment_id", "account_id"]
