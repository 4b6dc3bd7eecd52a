"""Observations of single contacts: forms, sheets, scores, and what followed."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MARKS = ("met", "not_met", "not_applicable")
STEPS = ("reply", "dispute", "uphold", "change")
TABLES = (
    "observed_day",
    "observation_step",
    "observation_score",
    "observation_mark",
    "observation",
    "observation_form_end",
    "observation_form_item",
    "observation_form",
)


def column(name: str, kind: object, *, nullable: bool = False) -> sa.Column:
    """Return a column."""
    return sa.Column(name, kind, nullable=nullable)


def part_of_key(name: str, kind: object = KEY) -> sa.Column:
    """Return a column of a primary key that the database doesn't number."""
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def refers(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    """Return the foreign key of a column, named as the models name it."""
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Return the type of a column that a CHECK holds to ``values``."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """Return the primary key."""
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """Return a CHECK."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def index(table: str, *columns: str) -> None:
    """Make an index of each column."""
    for name in columns:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def upgrade() -> None:
    """Add the tables."""
    _forms()
    _observations()
    _what_followed()


def _forms() -> None:
    """Add forms, their items and their ends."""
    name = "observation_form"
    op.create_table(
        name,
        column("id", KEY),
        column("public_id", sa.String(20)),
        column("series", sa.String(20)),
        column("version", sa.Integer()),
        column("title", sa.String(120)),
        column("framework_version_id", KEY),
        column("channel", sa.String(64), nullable=True),
        column("script_id", sa.String(120), nullable=True),
        column("cap_percent", sa.Integer()),
        column("made_by_id", KEY),
        column("made_at", types.Utc()),
        check(name, "version", "version >= 1"),
        check(name, "cap_percent", "cap_percent BETWEEN 0 AND 99"),
        refers(name, "framework_version_id", "framework_version"),
        refers(name, "made_by_id", "account"),
        key(name, "id"),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("series", "version", name=op.f(f"uq_{name}_series_version")),
    )
    index(name, "framework_version_id")
    name = "observation_form_item"
    op.create_table(
        name,
        part_of_key("form_id"),
        part_of_key("position", sa.Integer()),
        column("criterion_id", sa.String(120)),
        column("weight", sa.Integer()),
        column("critical", sa.Boolean()),
        check(name, "weight", "weight BETWEEN 1 AND 20"),
        check(name, "position", "position >= 1"),
        refers(name, "form_id", "observation_form"),
        key(name, "form_id", "position"),
    )
    name = "observation_form_end"
    op.create_table(
        name,
        part_of_key("form_id"),
        column("ended_by_id", KEY),
        column("ended_at", types.Utc()),
        refers(name, "form_id", "observation_form"),
        refers(name, "ended_by_id", "account"),
        key(name, "form_id"),
    )


def _observations() -> None:
    """Add observations and their marks."""
    name = "observation"
    op.create_table(
        name,
        column("id", KEY),
        column("public_id", sa.String(20)),
        column("subject_id", KEY),
        column("observer_id", KEY),
        column("form_id", KEY),
        column("campaign_id", KEY, nullable=True),
        column("reference", sa.String(80), nullable=True),
        column("contact_on", sa.Date()),
        column("channel", sa.String(64), nullable=True),
        column("line", sa.String(80), nullable=True),
        column("note", sa.Text(), nullable=True),
        column("edition", sa.Integer()),
        column("begun_at", types.Utc()),
        column("saved_at", types.Utc()),
        column("handed_in_at", types.Utc(), nullable=True),
        check(name, "not_of_oneself", "observer_id <> subject_id"),
        check(name, "edition", "edition >= 0"),
        refers(name, "subject_id", "employee"),
        refers(name, "observer_id", "employee"),
        refers(name, "form_id", "observation_form"),
        refers(name, "campaign_id", "campaign"),
        key(name, "id"),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    index(name, "observer_id", "form_id", "campaign_id", "handed_in_at")
    op.create_index("ix_observation_subject_day", name, ["subject_id", "contact_on"])
    name = "observation_mark"
    op.create_table(
        name,
        part_of_key("observation_id"),
        column("criterion_id", sa.String(120)),
        column("subject_id", KEY),
        column("mark", one_of("mark", MARKS), nullable=True),
        column("note", sa.Text(), nullable=True),
        refers(name, "observation_id", "observation"),
        refers(name, "subject_id", "employee"),
        key(name, "observation_id", "criterion_id"),
    )
    index(name, "subject_id")


def _what_followed() -> None:
    """Add scores, steps, and what days were made."""
    name = "observation_score"
    op.create_table(
        name,
        part_of_key("observation_id"),
        part_of_key("number", sa.Integer()),
        column("subject_id", KEY),
        column("marks", types.CanonicalJson()),
        column("reached", sa.BigInteger()),
        column("possible", sa.BigInteger()),
        column("evidence_id", KEY, nullable=True),
        column("made_by_id", KEY),
        column("made_at", types.Utc()),
        check(name, "number", "number >= 1"),
        check(name, "points", "reached >= 0 AND reached <= possible AND possible > 0"),
        refers(name, "observation_id", "observation"),
        refers(name, "subject_id", "employee"),
        refers(name, "evidence_id", "evidence"),
        refers(name, "made_by_id", "account"),
        key(name, "observation_id", "number"),
    )
    index(name, "subject_id", "evidence_id")
    name = "observation_step"
    op.create_table(
        name,
        column("id", KEY),
        column("observation_id", KEY),
        column("subject_id", KEY),
        column("kind", one_of("kind", STEPS)),
        column("text", sa.Text(), nullable=True),
        column("taken_by_id", KEY),
        column("taken_at", types.Utc()),
        refers(name, "observation_id", "observation"),
        refers(name, "subject_id", "employee"),
        refers(name, "taken_by_id", "account"),
        key(name, "id"),
    )
    index(name, "observation_id", "subject_id")
    name = "observed_day"
    op.create_table(
        name,
        column("id", KEY),
        column("observation_id", KEY),
        column("score_number", sa.Integer()),
        column("subject_id", KEY),
        column("campaign_id", KEY, nullable=True),
        column("day", sa.Date()),
        column("numerator_before", sa.BigInteger(), nullable=True),
        column("denominator_before", sa.BigInteger(), nullable=True),
        column("numerator", sa.BigInteger()),
        column("denominator", sa.BigInteger()),
        column("changed_at", types.Utc()),
        refers(name, "observation_id", "observation"),
        refers(name, "subject_id", "employee"),
        refers(name, "campaign_id", "campaign"),
        key(name, "id"),
    )
    index(name, "observation_id", "subject_id", "campaign_id")


def downgrade() -> None:
    """Take them away again."""
    for name in TABLES:
        op.drop_table(name)
