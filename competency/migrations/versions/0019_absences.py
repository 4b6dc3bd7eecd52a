"""Leave: from which day until which somebody is away, entered by whom; no reason."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "absence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", KEY, nullable=False),
        sa.Column("entered_at", types.Utc(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_absence_period")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_absence_employee_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_absence_entered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_absence_public_id")),
    )
    op.create_index(op.f("ix_absence_employee_id"), "absence", ["employee_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("absence")
