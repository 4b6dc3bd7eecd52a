"""Knowledge tests with questions: what was drawn, what was answered, what it came to."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0018"
down_revision = "0017"
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
    """Add the three tables."""
    name = "written_test"
    op.create_table(
        name,
        sa.Column("session_id", KEY, autoincrement=False, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("catalogue_file_id", KEY, nullable=False),
        sa.Column("bank_hash", sa.String(length=64), nullable=False),
        sa.Column("per_item", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("questions", types.CanonicalJson(), nullable=False),
        sa.Column("drawn_at", types.Utc(), nullable=False),
        sa.CheckConstraint("per_item >= 1", name=op.f("ck_written_test_draws_something")),
        refers(name, "session_id", "assessment_session"),
        refers(name, "subject_id", "employee"),
        refers(name, "catalogue_file_id", "catalogue_file"),
        sa.PrimaryKeyConstraint("session_id", name=op.f(f"pk_{name}")),
    )
    index(name, "subject_id", "catalogue_file_id")
    name = "written_answer"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("ticked", types.CanonicalJson(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "points >= 0 AND points <= maximum", name=op.f("ck_written_answer_points")
        ),
        refers(name, "session_id", "assessment_session"),
        refers(name, "subject_id", "employee"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "session_id", "question_id", name=op.f(f"uq_{name}_session_id_question_id")
        ),
    )
    index(name, "session_id", "subject_id")
    name = "written_score"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "points >= 0 AND points <= maximum", name=op.f("ck_written_score_points")
        ),
        refers(name, "session_id", "assessment_session"),
        refers(name, "subject_id", "employee"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("session_id", "item_id", name=op.f(f"uq_{name}_session_id_item_id")),
    )
    index(name, "session_id", "subject_id")


def downgrade() -> None:
    """Take them away again."""
    for name in ("written_score", "written_answer", "written_test"):
        op.drop_table(name)
