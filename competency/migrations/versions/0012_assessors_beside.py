"""Seconds and peers: a cycle's options, drawn and ended parts, and proposed peers.

The columns are added without a batch: SQLite keeps its triggers.
"""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDING = sa.text("state IN ('proposed', 'approved')")
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what cycles and assessors say, off for all that is there; and the proposals."""
    op.add_column(
        "cycle",
        sa.Column(
            "peers_maximum",
            sa.Integer(),
            sa.CheckConstraint(
                "peers_maximum BETWEEN 0 AND 20", name=op.f("ck_cycle_peers_maximum")
            ),
            nullable=False,
            server_default="0",
        ),
    )
    op.add_column(
        "cycle",
        sa.Column("peers_anonymous", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "assessor",
        sa.Column(
            "drawn",
            sa.Boolean(),
            sa.CheckConstraint(
                "NOT drawn OR kind = 'second'", name=op.f("ck_assessor_drawn_second")
            ),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.add_column(
        "assessor",
        sa.Column(
            "ended_at",
            types.Utc(),
            sa.CheckConstraint(
                "ended_at IS NULL OR (kind IN ('second', 'peer') AND submitted_at IS NULL)",
                name=op.f("ck_assessor_ended_beside"),
            ),
            nullable=True,
        ),
    )
    op.create_table(
        "peer_nomination",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("appraisal_id", IDENTITY, nullable=False),
        sa.Column("subject_id", IDENTITY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("employee_id", IDENTITY, nullable=False),
        sa.Column("proposed_by_id", IDENTITY, nullable=False),
        sa.Column("proposed_at", types.Utc(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "refused",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", types.Utc(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "employee_id <> subject_id", name=op.f("ck_peer_nomination_peer_is_another")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name=op.f("ck_peer_nomination_answered")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_peer_nomination_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employee.id"], name=op.f("fk_peer_nomination_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_peer_nomination_employee_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["employee.id"], name=op.f("fk_peer_nomination_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_nomination")),
        sa.UniqueConstraint("public_id", name=op.f("uq_peer_nomination_public_id")),
    )
    for column in ("appraisal_id", "subject_id", "employee_id"):
        op.create_index(op.f(f"ix_peer_nomination_{column}"), "peer_nomination", [column])
    op.create_index(
        "uq_peer_nomination_standing",
        "peer_nomination",
        ["appraisal_id", "round", "employee_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    """Take all of it away."""
    op.drop_table("peer_nomination")
    op.drop_column("assessor", "ended_at")
    op.drop_column("assessor", "drawn")
    op.drop_column("cycle", "peers_anonymous")
    op.drop_column("cycle", "peers_maximum")
