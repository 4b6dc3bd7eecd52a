"""Messages to people.

The address to which they are mailed stands in ``employee.email`` already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of messages."""
    op.create_table(
        "mail_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("employee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("params", types.CanonicalJson(), nullable=True),
        sa.Column("link_id", sa.String(length=20), nullable=True),
        sa.Column("made_at", types.Utc(), nullable=False),
        sa.Column("seen_at", types.Utc(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                "kept",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", types.Utc(), nullable=False),
        sa.Column("claim", sa.String(length=20), nullable=True),
        sa.Column("lease_until", types.Utc(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("sent_at", types.Utc(), nullable=True),
        sa.CheckConstraint(
            "(claim IS NULL) = (lease_until IS NULL)", name=op.f("ck_mail_message_lease")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_message_sent")
        ),
        sa.ForeignKeyConstraint(
            ["about_id"], ["employee.id"], name=op.f("fk_mail_message_about_id")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_mail_message_employee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mail_message_public_id")),
        info={"subject_column": "employee_id"},
    )
    op.create_index(op.f("ix_mail_message_employee_id"), "mail_message", ["employee_id"])
    op.create_index(op.f("ix_mail_message_made_at"), "mail_message", ["made_at"])
    op.create_index(
        "ix_mail_message_waiting",
        "mail_message",
        ["next_try_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Drop the table of messages."""
    op.drop_index(
        "ix_mail_message_waiting",
        table_name="mail_message",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_mail_message_made_at"), table_name="mail_message")
    op.drop_index(op.f("ix_mail_message_employee_id"), table_name="mail_message")
    op.drop_table("mail_message")
