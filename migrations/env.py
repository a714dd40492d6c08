"""Called by Alembic; bot/storage/upgrade.py passes the connection, which is in a transaction."""

from alembic import context

from bot.storage.team_tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
