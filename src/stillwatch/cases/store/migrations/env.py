"""What Alembic runs: our migrations, over a connection that somebody else opened and commits."""

from alembic import context

from stillwatch.cases.store import access_schema, records_schema

# The tables of each, so that all are known.
_TABLES = (access_schema.User, records_schema.Hook)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=_TABLES[0].metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
