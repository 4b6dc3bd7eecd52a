"""A plan of observations, contacts drawn at random for them, and their calibration."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "observation_calibration_sheet",
    "observation_calibration",
    "contact_draw",
    "contact_reference",
    "observation_plan",
)


def column(name: str, kind: object, *, nullable: bool = False) -> sa.Column:
    """Return a column."""
    return sa.Column(name, kind, nullable=nullable)


def refers(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    """Return the foreign key of a column, named as the models name it."""
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))


def key(table: str) -> sa.PrimaryKeyConstraint:
    """Return the primary key."""
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """Return a CHECK."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """Return a UNIQUE constraint."""
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def index(table: str, *columns: str) -> None:
    """Make an index of each column."""
    for name in columns:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def upgrade() -> None:
    """Add the tables."""
    _plan()
    _references()
    _draws()
    _calibrations()


def _plan() -> None:
    """Add the plan."""
    name = "observation_plan"
    op.create_table(
        name,
        column("id", KEY),
        column("public_id", sa.String(20)),
        column("form_series", sa.String(20)),
        column("campaign_id", KEY, nullable=True),
        column("position_id", KEY, nullable=True),
        column("site_id", KEY, nullable=True),
        column("narrowing", sa.String(200)),
        column("contacts", sa.Integer()),
        column("reason", sa.Text()),
        column("starts_on", sa.Date()),
        column("ends_on", sa.Date(), nullable=True),
        column("set_by_id", KEY),
        column("set_at", types.Utc()),
        check(name, "period", "ends_on IS NULL OR ends_on > starts_on"),
        check(name, "contacts", "contacts BETWEEN 1 AND 100"),
        refers(name, "campaign_id", "campaign"),
        refers(name, "position_id", "position"),
        refers(name, "site_id", "site"),
        refers(name, "set_by_id", "account"),
        key(name),
        unique(name, "public_id"),
    )
    index(name, "campaign_id", "position_id", "site_id")


def _references() -> None:
    """Add the references of contacts that can be drawn."""
    name = "contact_reference"
    op.create_table(
        name,
        column("id", KEY),
        column("employee_id", KEY),
        column("day", sa.Date()),
        column("source_id", KEY),
        column("import_id", KEY),
        column("kept_until", sa.Date()),
        column("campaign_id", KEY, nullable=True),
        column("reference", sa.String(80)),
        column("channel", sa.String(64), nullable=True),
        column("line", sa.String(80), nullable=True),
        refers(name, "employee_id", "employee"),
        refers(name, "source_id", "data_source"),
        refers(name, "import_id", "kpi_import"),
        refers(name, "campaign_id", "campaign"),
        key(name),
        unique(name, "employee_id", "day", "source_id", "reference"),
    )
    index(name, "import_id", "kept_until")


def _draws() -> None:
    """Add the draws."""
    name = "contact_draw"
    op.create_table(
        name,
        column("id", KEY),
        column("public_id", sa.String(20)),
        column("subject_id", KEY),
        column("form_series", sa.String(20)),
        column("reference", sa.String(80), nullable=True),
        column("contact_on", sa.Date()),
        column("channel", sa.String(64), nullable=True),
        column("line", sa.String(80), nullable=True),
        column("pool", sa.Integer()),
        column("place", sa.Integer()),
        column("drawn_by_id", KEY),
        column("drawn_at", types.Utc()),
        column("observation_id", KEY, nullable=True),
        column("set_aside_by_id", KEY, nullable=True),
        column("reason", sa.Text(), nullable=True),
        column("closed_at", types.Utc(), nullable=True),
        check(name, "place", "place BETWEEN 1 AND pool"),
        check(
            name,
            "closed",
            "CASE WHEN closed_at IS NULL THEN set_aside_by_id IS NULL "
            "ELSE (observation_id IS NULL) <> (set_aside_by_id IS NULL) END",
        ),
        refers(name, "subject_id", "employee"),
        refers(name, "drawn_by_id", "account"),
        refers(name, "observation_id", "observation"),
        refers(name, "set_aside_by_id", "account"),
        key(name),
        unique(name, "public_id"),
        unique(name, "observation_id"),
    )
    index(name, "subject_id")
    op.create_index(
        "uq_contact_draw_open",
        name,
        ["subject_id", "form_series", "drawn_by_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _calibrations() -> None:
    """Add calibrations and their sheets."""
    name = "observation_calibration"
    op.create_table(
        name,
        column("id", KEY),
        column("public_id", sa.String(20)),
        column("subject_id", KEY),
        column("form_id", KEY),
        column("reference", sa.String(80), nullable=True),
        column("contact_on", sa.Date()),
        column("channel", sa.String(64), nullable=True),
        column("line", sa.String(80), nullable=True),
        column("opened_by_id", KEY),
        column("opened_at", types.Utc()),
        column("closed_by_id", KEY, nullable=True),
        column("closed_at", types.Utc(), nullable=True),
        check(name, "closed", "(closed_at IS NULL) = (closed_by_id IS NULL)"),
        refers(name, "subject_id", "employee"),
        refers(name, "form_id", "observation_form"),
        refers(name, "opened_by_id", "account"),
        refers(name, "closed_by_id", "account"),
        key(name),
        unique(name, "public_id"),
    )
    index(name, "subject_id", "form_id")
    name = "observation_calibration_sheet"
    op.create_table(
        name,
        column("id", KEY),
        column("calibration_id", KEY),
        column("subject_id", KEY),
        column("observer_id", KEY),
        column("marks", types.CanonicalJson()),
        column("notes", types.CanonicalJson(), nullable=True),
        column("note", sa.Text(), nullable=True),
        column("edition", sa.Integer()),
        column("saved_at", types.Utc()),
        column("submitted_at", types.Utc(), nullable=True),
        check(name, "not_of_oneself", "observer_id <> subject_id"),
        check(name, "edition", "edition >= 0"),
        refers(name, "calibration_id", "observation_calibration"),
        refers(name, "subject_id", "employee"),
        refers(name, "observer_id", "employee"),
        key(name),
        unique(name, "calibration_id", "observer_id"),
    )
    index(name, "subject_id", "observer_id")


def downgrade() -> None:
    """Take them away again."""
    for name in TABLES:
        op.drop_table(name)
