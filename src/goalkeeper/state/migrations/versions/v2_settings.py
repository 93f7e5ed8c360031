"""When somebody was here last and whether they may come in; from which browser a session is."""

import sqlalchemy as sa
from alembic import op

revision = "v2"
down_revision = "v1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("signed_in_at", sa.DateTime(), nullable=True))
    op.add_column("people", sa.Column("disabled_at", sa.DateTime(), nullable=True))
    op.add_column("sessions", sa.Column("device", sa.String(100), nullable=False, server_default=""))
