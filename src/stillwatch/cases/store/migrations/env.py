"""Runs our migrations for Alembic, over a connection that the caller opened and commits."""

from alembic import context

from stillwatch.cases.store import access_schema, asking_schema, saved_views_schema, schema
from stillwatch.delivery import schema as delivery_schema

# One table of each module, so that every module is imported and its tables are known.
_TABLES = (
    schema.Case,
    access_schema.User,
    asking_schema.Experiment,
    saved_views_schema.SavedView,
    delivery_schema.Hook,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=_TABLES[0].metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
