"""How many in a hundred unflagged appraisals of a cycle are looked at one by one.

The column is added without a batch: SQLite keeps its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; cycles that are open already get the usual share."""
    op.add_column(
        "cycle",
        sa.Column(
            "single_review_percent",
            sa.Integer(),
            sa.CheckConstraint(
                "single_review_percent BETWEEN 0 AND 100",
                name=op.f("ck_cycle_single_review_percent"),
            ),
            nullable=False,
            server_default="10",
        ),
    )


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("cycle", "single_review_percent")
