"""The approvals that a result can wait for.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outcome_approval",
        sa.Column("id", number, nullable=False),
        sa.Column("appraisal_id", number, nullable=False),
        sa.Column("subject_id", number, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.String(length=120), nullable=False),
        sa.Column("approved_by_id", number, nullable=False),
        sa.Column("approved_at", types.Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_outcome_approval_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["account.id"], name=op.f("fk_outcome_approval_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_outcome_approval_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_approval")),
        sa.UniqueConstraint(
            "appraisal_id", "round", "gate_id", name=op.f("uq_outcome_approval_appraisal_id_round_gate_id")
        ),
        info={"subject_column": "subject_id"},
    )
    for column in ("appraisal_id", "subject_id"):
        op.create_index(
            op.f(f"ix_outcome_approval_{column}"), "outcome_approval", [column], unique=False
        )


def downgrade() -> None:
    """Drop it."""
    for column in ("subject_id", "appraisal_id"):
        op.drop_index(op.f(f"ix_outcome_approval_{column}"), table_name="outcome_approval")
    op.drop_table("outcome_approval")
