"""Measurements: where figures come from, what allows them, what they say, and thresholds."""

import sqlalchemy as sa
from alembic import op

from competency.database import types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "kpi",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
        sa.UniqueConstraint("slug", name=op.f("uq_kpi_slug")),
    )
    op.create_table(
        "data_source",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "files",
                "observations",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parameters", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_source")),
        sa.UniqueConstraint("code", name=op.f("uq_data_source_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_source_public_id")),
    )
    op.create_table(
        "source_basis",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("employer_id", KEY, nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("agreement", sa.String(length=200), nullable=True),
        sa.Column("notice_version", sa.String(length=64), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("retention_months", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("set_by_id", KEY, nullable=False),
        sa.Column("set_at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_source_basis_period")
        ),
        sa.CheckConstraint("retention_months >= 1", name=op.f("ck_source_basis_retention")),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_source_basis_employer_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["account.id"], name=op.f("fk_source_basis_set_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_source_basis_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_basis")),
        sa.UniqueConstraint("public_id", name=op.f("uq_source_basis_public_id")),
    )
    op.create_index(op.f("ix_source_basis_employer_id"), "source_basis", ["employer_id"])
    op.create_index(op.f("ix_source_basis_source_id"), "source_basis", ["source_id"])
    op.create_table(
        "kpi_import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "reversed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("profile", types.CanonicalJson(), nullable=False),
        sa.Column("files", types.CanonicalJson(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", KEY, nullable=False),
        sa.Column("imported_at", types.Utc(), nullable=False),
        sa.Column("reversed_by_id", KEY, nullable=True),
        sa.Column("reversed_at", types.Utc(), nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'reversed') = (reversed_at IS NOT NULL) AND (reversed_at IS NULL) = (reversed_by_id IS NULL)",
            name=op.f("ck_kpi_import_reversed"),
        ),
        sa.CheckConstraint(
            "rows_read >= 0 AND added >= 0 AND changed >= 0 AND unchanged >= 0 AND set_aside >= 0 AND left_out >= 0",
            name=op.f("ck_kpi_import_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["account.id"], name=op.f("fk_kpi_import_imported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by_id"], ["account.id"], name=op.f("fk_kpi_import_reversed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_kpi_import_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kpi_import_public_id")),
    )
    op.create_index(op.f("ix_kpi_import_source_id"), "kpi_import", ["source_id"])
    op.create_table(
        "measurement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("kpi_id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "denominator BETWEEN 0 AND 150000000", name=op.f("ck_measurement_denominator")
        ),
        sa.CheckConstraint(
            "numerator BETWEEN -150000000 AND 150000000", name=op.f("ck_measurement_numerator")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_measurement_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_measurement_employee_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["kpi_import.id"], name=op.f("fk_measurement_import_id")
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_measurement_kpi_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_measurement_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        info={"subject_column": "employee_id"},
    )
    op.create_index(op.f("ix_measurement_import_id"), "measurement", ["import_id"])
    op.create_index(
        "uq_measurement_key",
        "measurement",
        ["employee_id", "kpi_id", "day", sa.text("coalesce(campaign_id, 0)")],
        unique=True,
        postgresql_include=["numerator", "denominator", "source_id", "campaign_id"],
    )
    op.create_table(
        "replaced_measurement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", KEY, nullable=False),
        sa.Column("kpi_id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("replaced_by_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_replaced_measurement_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_replaced_measurement_employee_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["kpi_import.id"], name=op.f("fk_replaced_measurement_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_replaced_measurement_kpi_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["kpi_import.id"],
            name=op.f("fk_replaced_measurement_replaced_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_replaced_measurement_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_measurement")),
        info={"subject_column": "employee_id"},
    )
    op.create_index(
        op.f("ix_replaced_measurement_import_id"), "replaced_measurement", ["import_id"]
    )
    op.create_index(
        "ix_replaced_measurement_key", "replaced_measurement", ["employee_id", "kpi_id", "day"]
    )
    op.create_index(
        op.f("ix_replaced_measurement_replaced_by_id"), "replaced_measurement", ["replaced_by_id"]
    )
    op.create_table(
        "import_profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by_id", KEY, nullable=False),
        sa.Column("changed_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_import_profile_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
        sa.UniqueConstraint("name", name=op.f("uq_import_profile_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_profile_public_id")),
    )
    op.create_table(
        "source_alias",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("employee_id", KEY, nullable=True),
        sa.Column("named_by_id", KEY, nullable=False),
        sa.Column("named_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_source_alias_employee_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["account.id"], name=op.f("fk_source_alias_named_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_source_alias_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_alias")),
        sa.UniqueConstraint("public_id", name=op.f("uq_source_alias_public_id")),
        sa.UniqueConstraint("source_id", "name", name=op.f("uq_source_alias_source_id_name")),
        info={"subject_column": "employee_id"},
    )
    op.create_index(op.f("ix_source_alias_employee_id"), "source_alias", ["employee_id"])
    op.create_table(
        "import_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("made_by_id", KEY, nullable=False),
        sa.Column("made_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_import_draft_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_draft_public_id")),
    )
    op.create_index(op.f("ix_import_draft_made_by_id"), "import_draft", ["made_by_id"])
    op.create_table(
        "import_draft_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["import_draft.id"], name=op.f("fk_import_draft_file_draft_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft_file")),
    )
    op.create_index(op.f("ix_import_draft_file_draft_id"), "import_draft_file", ["draft_id"])
    op.create_table(
        "set_aside_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=True),
        sa.Column("cells", types.CanonicalJson(), nullable=False),
        sa.Column("faults", types.CanonicalJson(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("set_aside_at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_source.id"], name=op.f("fk_set_aside_row_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside_row")),
        sa.UniqueConstraint("source_id", "digest", name=op.f("uq_set_aside_row_source_id_digest")),
    )
    op.create_table(
        "kpi_threshold",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("kpi_id", KEY, nullable=False),
        sa.Column("framework_slug", sa.String(length=120), nullable=True),
        sa.Column("criterion_id", sa.String(length=120), nullable=True),
        sa.Column("campaign_id", KEY, nullable=True),
        sa.Column("position_id", KEY, nullable=True),
        sa.Column("site_id", KEY, nullable=True),
        sa.Column("narrowing", sa.String(length=400), nullable=False),
        sa.Column("rule", types.CanonicalJson(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("set_by_id", KEY, nullable=False),
        sa.Column("set_at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "(framework_slug IS NULL) = (criterion_id IS NULL)",
            name=op.f("ck_kpi_threshold_criterion_of_framework"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_kpi_threshold_period")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_kpi_threshold_campaign_id")
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_threshold_kpi_id")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_kpi_threshold_position_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["account.id"], name=op.f("fk_kpi_threshold_set_by_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_kpi_threshold_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_threshold")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kpi_threshold_public_id")),
    )
    op.create_index(op.f("ix_kpi_threshold_campaign_id"), "kpi_threshold", ["campaign_id"])
    op.create_index(op.f("ix_kpi_threshold_framework_slug"), "kpi_threshold", ["framework_slug"])
    op.create_index(op.f("ix_kpi_threshold_kpi_id"), "kpi_threshold", ["kpi_id"])
    op.create_index(op.f("ix_kpi_threshold_position_id"), "kpi_threshold", ["position_id"])
    op.create_index(op.f("ix_kpi_threshold_site_id"), "kpi_threshold", ["site_id"])


def downgrade() -> None:
    """Take them away again."""
    for name in (
        "kpi_threshold",
        "set_aside_row",
        "import_draft_file",
        "import_draft",
        "source_alias",
        "import_profile",
        "replaced_measurement",
        "measurement",
        "kpi_import",
        "source_basis",
        "data_source",
        "kpi",
    ):
        op.drop_table(name)
