"""Findings that assessors accepted as evidence, or set aside."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "finding_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appraisal_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=120), nullable=False),
        sa.Column("kpi", sa.String(length=120), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "accepted",
                "set_aside",
                "kept",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("evidence_id", KEY, nullable=True),
        sa.Column("facts", types.CanonicalJson(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", KEY, nullable=False),
        sa.Column("decided_at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "(step = 'accepted') = (evidence_id IS NOT NULL)",
            name=op.f("ck_finding_decision_evidence"),
        ),
        sa.CheckConstraint(
            "(step = 'kept') = (turn > 0)", name=op.f("ck_finding_decision_turn")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_finding_decision_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_finding_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_finding_decision_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_finding_decision_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_decision")),
        info={"subject_column": "subject_id"},
    )
    op.create_index(
        "ix_finding_decision_criterion", "finding_decision", ["appraisal_id", "criterion_id"]
    )
    op.create_index(op.f("ix_finding_decision_evidence_id"), "finding_decision", ["evidence_id"])
    op.create_index(op.f("ix_finding_decision_subject_id"), "finding_decision", ["subject_id"])


def downgrade() -> None:
    """Take them away again."""
    for name in ("finding_decision",):
        op.drop_table(name)
