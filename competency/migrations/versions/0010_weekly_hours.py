"""How many hours a week a person works, where that was said.

The column is added without a batch: SQLite keeps its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, in hundredths of an hour; of nobody is it known yet."""
    op.add_column(
        "employee",
        sa.Column(
            "weekly_hours",
            sa.BigInteger(),
            sa.CheckConstraint(
                "weekly_hours BETWEEN 1 AND 8000", name=op.f("ck_employee_weekly_hours")
            ),
            nullable=True,
        ),
    )


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("employee", "weekly_hours")
