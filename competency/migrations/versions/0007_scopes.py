"""The scope of each appraisal, which may come from the person's position.

Columns are added without a batch: SQLite keeps its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was opened until now has the scope of its cycle."""
    op.add_column(
        "cycle",
        sa.Column("scope_by_position", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("appraisal", sa.Column("scope_id", sa.String(length=120), nullable=True))
    op.execute(
        "UPDATE appraisal SET scope_id = "
        "(SELECT cycle.scope_id FROM cycle WHERE cycle.id = appraisal.cycle_id)"
    )


def downgrade() -> None:
    """Take the columns away again."""
    op.drop_column("appraisal", "scope_id")
    op.drop_column("cycle", "scope_by_position")
