"""Tables of measurements: where figures come from, what they say, what may be done with them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competency.database.base import Base, Erase, not_personal, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import NoOverlap, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.kpis.schema import SourceKind
from competency.people.models import Campaign, Employee, Position, Site

SCALE = 1000
"""Measurements are stored in whole thousandths of their unit."""
LARGEST = 150_000 * SCALE
"""The most that one person's day holds, stored; squares summed over years then fit 64 bits."""
NAME_LENGTH = 120
OF_EMPLOYEE = {"subject_column": "employee_id"}


def _public_id() -> Mapped[str]:
    """Return the column of the random identifier that URLs carry."""
    return mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )


def _within(column: str, lowest: int = -LARGEST) -> str:
    """Return the condition that a stored value is not beyond what sums can hold."""
    return f"{column} BETWEEN {lowest} AND {LARGEST}"


class KpiName(Base):
    """An indicator's name with a number; its definition is in the published files."""

    __tablename__ = "kpi"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), unique=True, info=not_personal())


class DataSource(Base):
    """A system that measures: the telephone system, the surveys, our own observations."""

    __tablename__ = "data_source"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    code: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    name: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    kind: Mapped[SourceKind] = mapped_column(enumeration(SourceKind, "kind"))
    parameters: Mapped[str | None] = mapped_column(sa.Text, info=not_personal())
    """What it records, in the words of the notice to staff."""

    retention: Mapped[SourceRetention | None] = relationship(viewonly=True)


class SourceRetention(Base):
    """When figures of a source were last looked through for their time, and what went last."""

    __tablename__ = "source_retention"
    __table_args__ = (
        sa.CheckConstraint("figures >= 0 AND earlier >= 0 AND set_aside >= 0", name="counts"),
        sa.CheckConstraint("removed_at <= ran_at", name="removed"),
    )

    source_id: Mapped[int] = mapped_column(
        sa.ForeignKey("data_source.id"), primary_key=True, autoincrement=False
    )
    ran_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)
    figures: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """Deleted by the last run that deleted anything, as the next two."""
    earlier: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    set_aside: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class SourceBasis(Base):
    """What allows the figures of a source to be used about one person, at one employer."""

    __tablename__ = "source_basis"
    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        sa.CheckConstraint("retention_months >= 1", name="retention"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"), index=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    legal_basis: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    agreement: Mapped[str | None] = mapped_column(sa.String(200), info=not_personal())
    notice_version: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    notified_on: Mapped[date] = mapped_column(sa.Date)
    purposes: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    """Which decisions the figures are used for."""
    retention_months: Mapped[int] = mapped_column(sa.Integer)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)
    set_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(Utc)

    source: Mapped[DataSource] = relationship()

    def holds_on(self, day: date) -> bool:
        """Return whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class ImportState(StrEnum):
    """What became of an import."""

    APPLIED = "applied"
    REVERSED = "reversed"


class KpiImport(Base):
    """Files of measurements that were applied as one, and perhaps reversed."""

    __tablename__ = "kpi_import"
    __table_args__ = (
        sa.CheckConstraint(
            "(state = 'reversed') = (reversed_at IS NOT NULL) "
            "AND (reversed_at IS NULL) = (reversed_by_id IS NULL)",
            name="reversed",
        ),
        sa.CheckConstraint(
            "rows_read >= 0 AND added >= 0 AND changed >= 0 AND unchanged >= 0 "
            "AND set_aside >= 0 AND left_out >= 0",
            name="counts",
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"), index=True)
    state: Mapped[ImportState] = mapped_column(
        enumeration(ImportState, "state"), default=ImportState.APPLIED
    )
    profile: Mapped[dict[str, object]] = mapped_column(CanonicalJson, info=not_personal())
    """The profile with which the files were read."""
    files: Mapped[list[dict[str, object]]] = mapped_column(CanonicalJson, info=not_personal())
    """Name, SHA-256 and rows of each file."""
    first_on: Mapped[date | None] = mapped_column(sa.Date)
    last_on: Mapped[date | None] = mapped_column(sa.Date)
    people: Mapped[int] = mapped_column(sa.Integer)
    rows_read: Mapped[int] = mapped_column(sa.Integer)
    added: Mapped[int] = mapped_column(sa.Integer)
    changed: Mapped[int] = mapped_column(sa.Integer)
    unchanged: Mapped[int] = mapped_column(sa.Integer)
    set_aside: Mapped[int] = mapped_column(sa.Integer)
    left_out: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Rows of somebody whom the source names and who is none of ours."""
    imported_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(Utc)
    reversed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    reversed_at: Mapped[datetime | None] = mapped_column(Utc)
    reversal_reason: Mapped[str | None] = mapped_column(sa.Text, info=not_personal())

    source: Mapped[DataSource] = relationship()


class Measurement(Base):
    """What was measured of one person on one campaign and day, in thousandths of the unit."""

    __tablename__ = "measurement"
    __table_args__ = (
        sa.CheckConstraint(_within("numerator"), name="numerator"),
        sa.CheckConstraint(_within("denominator", 0), name="denominator"),
        sa.Index(
            "uq_measurement_key",
            "employee_id",
            "kpi_id",
            "day",
            sa.text("coalesce(campaign_id, 0)"),
            unique=True,
            postgresql_include=["numerator", "denominator", "source_id", "campaign_id"],
        ),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    kpi_id: Mapped[int] = mapped_column(sa.ForeignKey("kpi.id"))
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"))
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("kpi_import.id"), index=True)
    """Null for what our own observations came to."""
    numerator: Mapped[int] = mapped_column(sa.BigInteger)
    denominator: Mapped[int | None] = mapped_column(sa.BigInteger)


class ReplacedMeasurement(Base):
    """What a measurement was before an import corrected it."""

    __tablename__ = "replaced_measurement"
    __table_args__ = (
        sa.Index("ix_replaced_measurement_key", "employee_id", "kpi_id", "day"),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    kpi_id: Mapped[int] = mapped_column(sa.ForeignKey("kpi.id"))
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"))
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("kpi_import.id"), index=True)
    numerator: Mapped[int] = mapped_column(sa.BigInteger)
    denominator: Mapped[int | None] = mapped_column(sa.BigInteger)
    replaced_by_id: Mapped[int] = mapped_column(sa.ForeignKey("kpi_import.id"), index=True)


class SavedProfile(Base):
    """An import profile under a name, to be used again."""

    __tablename__ = "import_profile"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), unique=True, info=not_personal())
    text: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    """The profile as it is written."""
    changed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    changed_at: Mapped[datetime] = mapped_column(Utc)


class SourceAlias(Base):
    """What a source calls somebody; without an employee it is nobody of ours."""

    __tablename__ = "source_alias"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "name"),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=personal(Erase.PUBLIC_ID))
    employee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    named_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    named_at: Mapped[datetime] = mapped_column(Utc)

    employee: Mapped[Employee | None] = relationship()
    source: Mapped[DataSource] = relationship()


class ImportDraft(Base):
    """Files that wait to be mapped and imported; they go with it, or after a day."""

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    profile: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Utc)

    files: Mapped[list[ImportDraftFile]] = relationship(
        order_by="ImportDraftFile.id", cascade="all, delete-orphan"
    )


class ImportDraftFile(Base):
    """One of the files that wait."""

    __tablename__ = "import_draft_file"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("import_draft.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, info=not_personal())


class SetAsideRow(Base):
    """A row of a file that could not be imported, until a person has looked at it."""

    __tablename__ = "set_aside_row"
    __table_args__ = (sa.UniqueConstraint("source_id", "digest"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"))
    file: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    row: Mapped[int] = mapped_column(sa.Integer)
    who: Mapped[str | None] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    """Whom the row names; it goes when that person is erased."""
    cells: Mapped[dict[str, object]] = mapped_column(CanonicalJson, info=not_personal())
    faults: Mapped[list[dict[str, object]]] = mapped_column(CanonicalJson, info=not_personal())
    digest: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    """Of its cells: the same row is kept once."""
    set_aside_at: Mapped[datetime] = mapped_column(Utc)

    source: Mapped[DataSource] = relationship()


class ContactReference(Base):
    """How a source names a contact that somebody had: what can be drawn to be observed.

    Nothing of the contact itself is kept, and the reference only for some weeks.
    """

    __tablename__ = "contact_reference"
    __table_args__ = (
        sa.UniqueConstraint("employee_id", "day", "source_id", "reference"),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("data_source.id"))
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("kpi_import.id"), index=True)
    kept_until: Mapped[date] = mapped_column(sa.Date, index=True)
    """The last day of it, as the import profile says."""
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"))
    reference: Mapped[str] = mapped_column(sa.String(80), info=personal(Erase.BLANK))
    channel: Mapped[str | None] = mapped_column(sa.String(64), info=not_personal())
    line: Mapped[str | None] = mapped_column(sa.String(80), info=not_personal())


class KpiThreshold(Base):
    """From which value a level of a criterion is met, or an indicator's target, since a day."""

    __tablename__ = "kpi_threshold"
    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        sa.CheckConstraint(
            "(framework_slug IS NULL) = (criterion_id IS NULL)", name="criterion_of_framework"
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    kpi_id: Mapped[int] = mapped_column(sa.ForeignKey("kpi.id"), index=True)
    framework_slug: Mapped[str | None] = mapped_column(
        sa.String(NAME_LENGTH), index=True, info=not_personal()
    )
    criterion_id: Mapped[str | None] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(sa.ForeignKey("position.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"), index=True)
    narrowing: Mapped[str] = mapped_column(sa.String(400), info=not_personal())
    """All that says what it is about, as one text, for the rule against overlaps."""
    rule: Mapped[dict[str, object]] = mapped_column(CanonicalJson, info=not_personal())
    """``levels``, ``window_days``, ``minimum``, ``confidence`` as a framework's link has them."""
    reason: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)
    set_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(Utc)

    campaign: Mapped[Campaign | None] = relationship()
    position: Mapped[Position | None] = relationship()
    site: Mapped[Site | None] = relationship()


register(
    NoOverlap("source_basis", ("source_id", "employer_id")),
    NoOverlap("kpi_threshold", ("narrowing",)),
)
