"""Runs the migrations on the connection that `goalkeeper.state.database` hands over, within its transaction."""

from alembic import context

from goalkeeper.state.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
