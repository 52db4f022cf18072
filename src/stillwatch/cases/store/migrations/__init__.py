"""The revisions of the database of decisions, in the form of Alembic."""
