"""Sites, teams, campaigns and positions that are closed from a day on.

Columns are added without a batch: SQLite keeps its triggers.
"""
import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

TABLES = ('site', 'team', 'campaign', 'position')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('closed_on', sa.Date(), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, 'closed_on')
