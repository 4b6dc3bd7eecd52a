"""Sites, teams, campaigns and positions that are closed from a day on.

Revision 0002, after 0001. Columns are added without a batch: SQLite keeps its triggers.
"""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TABLES = ('site', 'team', 'campaign', 'position')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('closed_on', sa.Date(), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, 'closed_on')
