"""The dates between a cycle's opening and its release, whom it is for, and days of reminders.

The columns are added without a batch: SQLite keeps its triggers.
"""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SELF_DUE = "self_assessment_due_on BETWEEN opened_on AND submit_due_on"
REVIEW_DUE = "review_due_on >= submit_due_on"


def upgrade() -> None:
    """Add the columns and the table; cycles that are open already have none of the dates."""
    op.add_column(
        "cycle",
        sa.Column(
            "self_assessment_due_on",
            sa.Date(),
            sa.CheckConstraint(SELF_DUE, name=op.f("ck_cycle_self_assessment_due")),
            nullable=True,
        ),
    )
    op.add_column(
        "cycle",
        sa.Column(
            "review_due_on",
            sa.Date(),
            sa.CheckConstraint(REVIEW_DUE, name=op.f("ck_cycle_review_due")),
            nullable=True,
        ),
    )
    op.add_column("cycle", sa.Column("population", types.CanonicalJson(), nullable=True))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "reminder",
        sa.Column("employee_id", number, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_reminder_employee_id")
        ),
        sa.PrimaryKeyConstraint("employee_id", "day", name=op.f("pk_reminder")),
        info={"subject_column": "employee_id"},
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("reminder")
    for column in ("population", "review_due_on", "self_assessment_due_on"):
        op.drop_column("cycle", column)
