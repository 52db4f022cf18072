"""What Alembic runs: our migrations, over a connection that somebody else opened and commits."""

from alembic import context

from stillwatch.cases import access_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=access_schema.User.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
