"""Mappings of behaviours to criteria of other frameworks."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(120)
SLUGS = ("behaviours_slug", "behaviour_id", "framework_slug", "criterion_id")


def upgrade() -> None:
    """Add the tables."""
    name = "behaviour_mapping"
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        *(sa.Column(slug, NAME, nullable=False) for slug in SLUGS),
        sa.Column("made_by_id", KEY, nullable=False),
        sa.Column("made_at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "behaviours_slug <> framework_slug", name=op.f(f"ck_{name}_another_framework")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f(f"fk_{name}_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(f"ix_{name}_behaviour", name, ["behaviours_slug", "behaviour_id"])
    name = "behaviour_mapping_end"
    op.create_table(
        name,
        sa.Column("mapping_id", KEY, autoincrement=False, nullable=False),
        sa.Column("ended_by_id", KEY, nullable=False),
        sa.Column("ended_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mapping_id"], ["behaviour_mapping.id"], name=op.f(f"fk_{name}_mapping_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["account.id"], name=op.f(f"fk_{name}_ended_by_id")
        ),
        sa.PrimaryKeyConstraint("mapping_id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("behaviour_mapping_end")
    op.drop_table("behaviour_mapping")
