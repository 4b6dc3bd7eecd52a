"""When the figures of a source were last looked through for their time, and what went."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = "source_retention"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        NAME,
        sa.Column("source_id", KEY, autoincrement=False, nullable=False),
        sa.Column("ran_at", types.Utc(), nullable=False),
        sa.Column("removed_at", types.Utc(), nullable=True),
        sa.Column("figures", sa.BigInteger(), nullable=False),
        sa.Column("earlier", sa.BigInteger(), nullable=False),
        sa.Column("set_aside", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "figures >= 0 AND earlier >= 0 AND set_aside >= 0", name=op.f(f"ck_{NAME}_counts")
        ),
        sa.CheckConstraint("removed_at <= ran_at", name=op.f(f"ck_{NAME}_removed")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f(f"fk_{NAME}_source_id")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f(f"pk_{NAME}")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table(NAME)
