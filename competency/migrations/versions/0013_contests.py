"""Contests, rounds that follow them, suspension and reopening.

The steps know more actions; what is contested has a table; a later round says what it
judges anew, and a judgement from which round it was carried over. Columns are added
without a batch: SQLite keeps its triggers. Only the CHECK of the steps' action needs
their table made anew there.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EARLIER = (
    "open",
    "submit",
    "pass",
    "take",
    "return",
    "approve",
    "release",
    "acknowledge",
    "lapse",
    "cancel",
)
ACTIONS = (*EARLIER, "contest", "uphold", "reassess", "reopen", "suspend", "resume")
STATES = (
    "planned",
    "open",
    "submitted",
    "in_review",
    "approved",
    "released",
    "contested",
    "closed",
    "suspended",
    "cancelled",
)
STEP = (
    "id, appraisal_id, subject_id, round, action, source, target, actor_id, taken_at, comment"
)


def words(name: str, values: Sequence[str]) -> sa.Enum:
    """Return a text column that a CHECK holds to ``values``."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def create_steps(actions: Sequence[str]) -> None:
    """Make the table of steps with the actions that it knows."""
    op.create_table(
        "appraisal_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appraisal_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("action", words("action", actions), nullable=False),
        sa.Column("source", words("source", STATES), nullable=False),
        sa.Column("target", words("target", STATES), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("taken_at", types.Utc(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_appraisal_step_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_step_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_appraisal_step_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_step")),
    )
    for column in ("appraisal_id", "subject_id"):
        op.create_index(op.f(f"ix_appraisal_step_{column}"), "appraisal_step", [column])


def change_actions(actions: Sequence[str]) -> None:
    """Let the steps know ``actions`` and no other; a step of another stops it."""
    if op.get_bind().dialect.name != "sqlite":
        name = op.f("ck_appraisal_step_action")
        op.drop_constraint(name, "appraisal_step", type_="check")
        known = ", ".join(f"'{action}'" for action in actions)
        op.create_check_constraint(name, "appraisal_step", f"action IN ({known})")
        return
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE kept_rows AS SELECT {STEP} FROM appraisal_step")
    for column in ("appraisal_id", "subject_id"):
        op.drop_index(op.f(f"ix_appraisal_step_{column}"), table_name="appraisal_step")
    op.drop_table("appraisal_step")
    create_steps(actions)
    op.execute(f"INSERT INTO appraisal_step ({STEP}) SELECT {STEP} FROM kept_rows")
    op.drop_table("kept_rows")


def upgrade() -> None:
    """Add what contests and later rounds need."""
    change_actions(ACTIONS)
    op.add_column(
        "appraisal",
        sa.Column(
            "judged_anew",
            types.CanonicalJson(),
            sa.CheckConstraint(
                "(round > 1) = (judged_anew IS NOT NULL)", name=op.f("ck_appraisal_judged_anew")
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "judgement",
        sa.Column(
            "carried_from",
            sa.Integer(),
            sa.CheckConstraint(
                "carried_from IS NULL OR (carried_from > 0 AND carried_from < round)",
                name=op.f("ck_judgement_carried"),
            ),
            nullable=True,
        ),
    )
    op.create_table(
        "contest",
        sa.Column("step_id", KEY, autoincrement=False, nullable=False),
        sa.Column("appraisal_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("criteria", types.CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["appraisal_step.id"], name=op.f("fk_contest_step_id")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_contest_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_contest_subject_id")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_contest")),
        sa.UniqueConstraint("appraisal_id", "round", name=op.f("uq_contest_appraisal_id_round")),
    )
    op.create_index(op.f("ix_contest_subject_id"), "contest", ["subject_id"])


def downgrade() -> None:
    """Take it away again; a step that the older table doesn't know stops it."""
    op.drop_table("contest")
    op.drop_column("judgement", "carried_from")
    op.drop_column("appraisal", "judged_anew")
    change_actions(EARLIER)
