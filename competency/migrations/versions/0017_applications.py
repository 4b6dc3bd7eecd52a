"""Applications to be certified, withdrawing from one, and moving a planned session.

The steps know one more action. Columns are added without a batch: SQLite keeps its
triggers. Only the CHECK of the steps' action needs their table made anew there.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0017"
down_revision = "0016"
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
    "contest",
    "uphold",
    "reassess",
    "reopen",
    "suspend",
    "resume",
)
ACTIONS = (*EARLIER, "withdraw")
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


def refers(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    """Return the foreign key of a column, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}"))


def index(table: str, *columns: str) -> None:
    """Make an index of each column."""
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def create_steps(actions: Sequence[str]) -> None:
    """Make the table of steps with the actions that it knows."""
    name = "appraisal_step"
    op.create_table(
        name,
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
        refers(name, "actor_id", "account"),
        refers(name, "appraisal_id", "appraisal"),
        refers(name, "subject_id", "employee"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_step")),
    )
    index(name, "appraisal_id", "subject_id")


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
    """Add what applications, withdrawals and moved sessions need."""
    change_actions(ACTIONS)
    for column in ("certification_months", "certification_days"):
        op.add_column(
            "employer", sa.Column(column, sa.Integer(), server_default="0", nullable=False)
        )
    op.add_column(
        "appraisal_request",
        sa.Column(
            "mode",
            sa.String(length=32),
            sa.CheckConstraint(
                "mode IN ('appraisal', 'certification')", name=op.f("ck_appraisal_request_mode")
            ),
            server_default="appraisal",
            nullable=False,
        ),
    )
    _applications()
    _moves()


def _applications() -> None:
    """Make the tables of applications and of exceptions."""
    name = "certification_application"
    op.create_table(
        name,
        sa.Column("request_id", KEY, autoincrement=False, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("unit_ids", types.CanonicalJson(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("declaration_language", sa.String(length=8), nullable=False),
        sa.Column("declared_at", types.Utc(), nullable=False),
        sa.Column("unmet", types.CanonicalJson(), nullable=False),
        refers(name, "request_id", "appraisal_request"),
        refers(name, "subject_id", "employee"),
        sa.PrimaryKeyConstraint("request_id", name=op.f(f"pk_{name}")),
    )
    index(name, "subject_id")
    name = "application_exception"
    op.create_table(
        name,
        sa.Column("request_id", KEY, autoincrement=False, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("unmet", types.CanonicalJson(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by_id", KEY, nullable=False),
        sa.Column("made_at", types.Utc(), nullable=False),
        refers(name, "request_id", "certification_application", "request_id"),
        refers(name, "subject_id", "employee"),
        refers(name, "made_by_id", "account"),
        sa.PrimaryKeyConstraint("request_id", name=op.f(f"pk_{name}")),
    )
    index(name, "subject_id")


def _moves() -> None:
    """Make the table of what was said about the day of a planned session."""
    name = "session_move"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("action", words("action", ("ask", "move", "keep")), nullable=False),
        sa.Column("was_for", types.Utc(), nullable=False),
        sa.Column("was_place", sa.String(length=200), nullable=True),
        sa.Column("planned_for", types.Utc(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("moved_at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "(action = 'move') = (planned_for IS NOT NULL)", name=op.f(f"ck_{name}_moved")
        ),
        refers(name, "session_id", "assessment_session"),
        refers(name, "subject_id", "employee"),
        refers(name, "actor_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    index(name, "session_id", "subject_id")


def downgrade() -> None:
    """Take it away again; a step that the older table doesn't know stops it."""
    op.drop_table("session_move")
    op.drop_table("application_exception")
    op.drop_table("certification_application")
    op.drop_column("appraisal_request", "mode")
    op.drop_column("employer", "certification_days")
    op.drop_column("employer", "certification_months")
    change_actions(EARLIER)
