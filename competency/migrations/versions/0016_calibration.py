"""Calibration sessions: whom they are about, who takes part, what was adjusted."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """Return the foreign key of a column, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def index(table: str, *columns: str) -> None:
    """Make an index of each column."""
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    """Add the four tables."""
    name = "calibration"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("opened_by_id", KEY, nullable=False),
        sa.Column("opened_at", types.Utc(), nullable=False),
        sa.Column("closed_by_id", KEY, nullable=True),
        sa.Column("closed_at", types.Utc(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_calibration_closed")
        ),
        refers(name, "cycle_id", "cycle"),
        refers(name, "opened_by_id", "account"),
        refers(name, "closed_by_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
        sa.UniqueConstraint("public_id", name=op.f("uq_calibration_public_id")),
    )
    index(name, "cycle_id")
    name = "calibration_member"
    op.create_table(
        name,
        sa.Column("calibration_id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        refers(name, "calibration_id", "calibration"),
        refers(name, "employee_id", "employee"),
        sa.PrimaryKeyConstraint("calibration_id", "employee_id", name=op.f(f"pk_{name}")),
    )
    index(name, "employee_id")
    name = "calibration_appraisal"
    op.create_table(
        name,
        sa.Column("calibration_id", KEY, nullable=False),
        sa.Column("appraisal_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        refers(name, "calibration_id", "calibration"),
        refers(name, "appraisal_id", "appraisal"),
        refers(name, "subject_id", "employee"),
        sa.PrimaryKeyConstraint("calibration_id", "appraisal_id", name=op.f(f"pk_{name}")),
    )
    index(name, "appraisal_id", "subject_id")
    name = "calibration_adjustment"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("calibration_id", KEY, nullable=False),
        sa.Column("appraisal_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=120), nullable=False),
        sa.Column("from_level", sa.String(length=32), nullable=True),
        sa.Column("to_level", sa.String(length=32), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("adjusted_at", types.Utc(), nullable=False),
        refers(name, "calibration_id", "calibration"),
        refers(name, "appraisal_id", "appraisal"),
        refers(name, "subject_id", "employee"),
        refers(name, "employee_id", "employee"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    index(name, "calibration_id", "appraisal_id", "subject_id", "employee_id")


def downgrade() -> None:
    """Take them away again."""
    for name in ("adjustment", "appraisal", "member"):
        op.drop_table(f"calibration_{name}")
    op.drop_table("calibration")
