"""Levels held before, answers by a day, and single criteria assessed anew.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and columns."""
    _opening_levels()
    op.add_column(
        "employer", sa.Column("answer_days", sa.Integer(), server_default="10", nullable=False)
    )
    op.add_column("appraisal_request", sa.Column("answer_by", sa.Date(), nullable=True))
    op.add_column("appraisal_request", sa.Column("overdue_told_at", types.Utc(), nullable=True))
    op.add_column("appraisal_request", sa.Column("criteria", types.CanonicalJson(), nullable=True))
    _reassessments()


def _opening_levels() -> None:
    """Make the tables of imported levels."""
    op.create_table(
        "opening_level",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("framework_slug", sa.String(length=120), nullable=False),
        sa.Column("node_id", sa.String(length=120), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("held_since", sa.Date(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("imported_by_id", NUMBER, nullable=False),
        sa.Column("imported_at", types.Utc(), nullable=False),
        sa.CheckConstraint("entry >= 1", name=op.f("ck_opening_level_entry")),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["account.id"], name=op.f("fk_opening_level_imported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_opening_level_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_level")),
        sa.UniqueConstraint("public_id", name=op.f("uq_opening_level_public_id")),
        sa.UniqueConstraint(
            "subject_id",
            "framework_slug",
            "node_id",
            "held_since",
            "entry",
            name=op.f("uq_opening_level_held"),
        ),
        info={"subject_column": "subject_id"},
    )
    op.create_index(op.f("ix_opening_level_subject_id"), "opening_level", ["subject_id"])
    op.create_table(
        "opening_level_removal",
        sa.Column("opening_level_id", NUMBER, nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("removed_by_id", NUMBER, nullable=False),
        sa.Column("removed_at", types.Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opening_level_id"],
            ["opening_level.id"],
            name=op.f("fk_opening_level_removal_opening_level_id"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["account.id"], name=op.f("fk_opening_level_removal_removed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_opening_level_removal_subject_id")
        ),
        sa.PrimaryKeyConstraint("opening_level_id", name=op.f("pk_opening_level_removal")),
        info={"subject_column": "subject_id"},
    )
    op.create_index(
        op.f("ix_opening_level_removal_subject_id"), "opening_level_removal", ["subject_id"]
    )


def _reassessments() -> None:
    """Make the table of reassessments."""
    op.create_table(
        "reassessment",
        sa.Column("appraisal_id", NUMBER, nullable=False),
        sa.Column("of_id", NUMBER, nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("opened_by_id", NUMBER, nullable=False),
        sa.Column("opened_at", types.Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("appraisal_id <> of_id", name=op.f("ck_reassessment_of_another")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_reassessment_appraisal_id")
        ),
        sa.ForeignKeyConstraint(["of_id"], ["appraisal.id"], name=op.f("fk_reassessment_of_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_reassessment_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_reassessment_subject_id")
        ),
        sa.PrimaryKeyConstraint("appraisal_id", name=op.f("pk_reassessment")),
        info={"subject_column": "subject_id"},
    )
    for column in ("of_id", "subject_id"):
        op.create_index(op.f(f"ix_reassessment_{column}"), "reassessment", [column])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("reassessment")
    op.drop_column("appraisal_request", "criteria")
    op.drop_column("appraisal_request", "overdue_told_at")
    op.drop_column("appraisal_request", "answer_by")
    op.drop_column("employer", "answer_days")
    op.drop_table("opening_level_removal")
    op.drop_table("opening_level")
