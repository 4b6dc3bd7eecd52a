"""Tables of observations: forms, what was seen in a contact, its scores, what followed."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH
from competency.database.identifiers import public_id as random_id
from competency.database.triggers import AppendOnly, NoOverlap, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.observations.schema import Mark, StepKind

OF_SUBJECT = of_subject("subject_id")
NAME_LENGTH = 120


def _public_id() -> Mapped[str]:
    """Return the column of the random identifier that URLs carry."""
    return mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=random_id, info=not_personal()
    )


class ObservationForm(Base):
    """One version of a form; versions of the same form share their ``series``."""

    __tablename__ = "observation_form"
    __table_args__ = (
        sa.UniqueConstraint("series", "version"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("cap_percent BETWEEN 0 AND 99", name="cap_percent"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    series: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), default=random_id, info=not_personal()
    )
    version: Mapped[int] = mapped_column(sa.Integer)
    title: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    framework_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("framework_version.id"), index=True
    )
    channel: Mapped[str | None] = mapped_column(sa.String(64), info=not_personal())
    """The channel that it is for; null for every one."""
    script_id: Mapped[str | None] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    """The greeting of the framework that is shown with it."""
    cap_percent: Mapped[int] = mapped_column(sa.Integer)
    """What failed critical items hold the score at, in a hundred."""
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)


class ObservationFormItem(Base):
    """A behaviour that a form asks for."""

    __tablename__ = "observation_form_item"
    __table_args__ = (
        sa.CheckConstraint("weight BETWEEN 1 AND 20", name="weight"),
        sa.CheckConstraint("position >= 1", name="position"),
    )

    form_id: Mapped[int] = mapped_column(
        sa.ForeignKey("observation_form.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    criterion_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    weight: Mapped[int] = mapped_column(sa.Integer)
    critical: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))


class ObservationFormEnd(Base):
    """That a version of a form is used no more for new observations."""

    __tablename__ = "observation_form_end"

    form_id: Mapped[int] = mapped_column(
        sa.ForeignKey("observation_form.id"), primary_key=True, autoincrement=False
    )
    ended_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    ended_at: Mapped[datetime] = mapped_column(Utc)


class BehaviourMapping(Base):
    """That a behaviour, observed, is evidence of a criterion of another framework too."""

    __tablename__ = "behaviour_mapping"
    __table_args__ = (
        sa.CheckConstraint("behaviours_slug <> framework_slug", name="another_framework"),
        sa.Index("ix_behaviour_mapping_behaviour", "behaviours_slug", "behaviour_id"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    behaviours_slug: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    """The framework of behaviours."""
    behaviour_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    framework_slug: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    criterion_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), info=not_personal())
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)


class BehaviourMappingEnd(Base):
    """That a mapping holds no more for what is observed from then on."""

    __tablename__ = "behaviour_mapping_end"

    mapping_id: Mapped[int] = mapped_column(
        sa.ForeignKey("behaviour_mapping.id"), primary_key=True, autoincrement=False
    )
    ended_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    ended_at: Mapped[datetime] = mapped_column(Utc)


class Observation(Base):
    """One contact of one person, watched against a form; a draft until it is handed in."""

    __tablename__ = "observation"
    __table_args__ = (
        sa.CheckConstraint("observer_id <> subject_id", name="not_of_oneself"),
        sa.CheckConstraint("edition >= 0", name="edition"),
        sa.Index("ix_observation_subject_day", "subject_id", "contact_on"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    observer_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("observation_form.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    """The campaign that the person worked on that day; null where there was none, or several."""
    reference: Mapped[str | None] = mapped_column(sa.String(80), info=personal())
    contact_on: Mapped[date] = mapped_column(sa.Date)
    channel: Mapped[str | None] = mapped_column(sa.String(64), info=not_personal())
    line: Mapped[str | None] = mapped_column(sa.String(80), info=not_personal())
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    edition: Mapped[int] = mapped_column(sa.Integer)
    """Grows with each save, so that an older page overwrites nothing."""
    begun_at: Mapped[datetime] = mapped_column(Utc)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    handed_in_at: Mapped[datetime | None] = mapped_column(Utc, index=True)


class ObservationMark(Base):
    """What was seen of one behaviour; a mark of null has a note alone, in a draft."""

    __tablename__ = "observation_mark"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    observation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("observation.id"), primary_key=True, autoincrement=False
    )
    criterion_id: Mapped[str] = mapped_column(
        sa.String(NAME_LENGTH), primary_key=True, info=not_personal()
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    mark: Mapped[Mark | None] = mapped_column(enumeration(Mark, "mark"))
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class ObservationScore(Base):
    """What an observation came to: the first at handing in, later ones by answered disputes."""

    __tablename__ = "observation_score"
    __table_args__ = (
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("reached >= 0 AND reached <= possible AND possible > 0", name="points"),
        {"info": OF_SUBJECT},
    )

    observation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("observation.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    marks: Mapped[dict[str, str]] = mapped_column(CanonicalJson, info=not_personal())
    """The mark of each behaviour, by its id."""
    reached: Mapped[int] = mapped_column(sa.BigInteger)
    possible: Mapped[int] = mapped_column(sa.BigInteger)
    evidence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)


class ObservationStep(Base):
    """What was said about an observation after it was handed in: a reply, a dispute, its answer."""

    __tablename__ = "observation_step"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    observation_id: Mapped[int] = mapped_column(sa.ForeignKey("observation.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(enumeration(StepKind, "kind"))
    text: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    taken_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Utc)


class ObservedDay(Base):
    """What a day's measurement was made, by which score; null before: there was none."""

    __tablename__ = "observed_day"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    observation_id: Mapped[int] = mapped_column(sa.ForeignKey("observation.id"), index=True)
    score_number: Mapped[int] = mapped_column(sa.Integer)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    day: Mapped[date] = mapped_column(sa.Date)
    numerator_before: Mapped[int | None] = mapped_column(sa.BigInteger)
    denominator_before: Mapped[int | None] = mapped_column(sa.BigInteger)
    numerator: Mapped[int] = mapped_column(sa.BigInteger)
    denominator: Mapped[int] = mapped_column(sa.BigInteger)
    changed_at: Mapped[datetime] = mapped_column(Utc)


class ObservationPlan(Base):
    """How many contacts of each person are observed in a month, for whole months."""

    __tablename__ = "observation_plan"
    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        sa.CheckConstraint("contacts BETWEEN 1 AND 100", name="contacts"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    form_series: Mapped[str] = mapped_column(sa.String(PUBLIC_ID_LENGTH), info=not_personal())
    """The form on which they are observed, in its newest version."""
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(sa.ForeignKey("position.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"), index=True)
    narrowing: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    """The form and all that it is narrowed to as one text, for the rule against overlaps."""
    contacts: Mapped[int] = mapped_column(sa.Integer)
    """Of somebody who is there all month."""
    reason: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    starts_on: Mapped[date] = mapped_column(sa.Date)
    """The first day of a month, as ``ends_on`` is."""
    ends_on: Mapped[date | None] = mapped_column(sa.Date)
    set_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(Utc)


class ContactDraw(Base):
    """A contact that was drawn at random to be observed, and what became of it."""

    __tablename__ = "contact_draw"
    __table_args__ = (
        sa.CheckConstraint("place BETWEEN 1 AND pool", name="place"),
        sa.CheckConstraint(
            "CASE WHEN closed_at IS NULL THEN set_aside_by_id IS NULL "
            "ELSE (observation_id IS NULL) <> (set_aside_by_id IS NULL) END",
            name="closed",
        ),
        sa.Index(
            "uq_contact_draw_open",
            "subject_id",
            "form_series",
            "drawn_by_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    form_series: Mapped[str] = mapped_column(sa.String(PUBLIC_ID_LENGTH), info=not_personal())
    reference: Mapped[str | None] = mapped_column(sa.String(80), info=personal())
    contact_on: Mapped[date] = mapped_column(sa.Date)
    channel: Mapped[str | None] = mapped_column(sa.String(64), info=not_personal())
    line: Mapped[str | None] = mapped_column(sa.String(80), info=not_personal())
    pool: Mapped[int] = mapped_column(sa.Integer)
    """From how many contacts it was drawn."""
    place: Mapped[int] = mapped_column(sa.Integer)
    """Which of them it was, in their order by day and reference."""
    drawn_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    drawn_at: Mapped[datetime] = mapped_column(Utc)
    observation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("observation.id"), unique=True)
    """The sheet that was begun of it."""
    set_aside_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    """Why it was set aside."""
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    """When its sheet was handed in, or it was set aside."""


class ObservationCalibration(Base):
    """One contact that several observers mark without seeing each other, until it is closed."""

    __tablename__ = "observation_calibration"
    __table_args__ = (
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("observation_form.id"), index=True)
    reference: Mapped[str | None] = mapped_column(sa.String(80), info=personal())
    contact_on: Mapped[date] = mapped_column(sa.Date)
    channel: Mapped[str | None] = mapped_column(sa.String(64), info=not_personal())
    line: Mapped[str | None] = mapped_column(sa.String(80), info=not_personal())
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    """From here on the sheets are read side by side, and none is written any more."""


class ObservationCalibrationSheet(Base):
    """What one observer marked in a calibration; never a measurement, never evidence."""

    __tablename__ = "observation_calibration_sheet"
    __table_args__ = (
        sa.UniqueConstraint("calibration_id", "observer_id"),
        sa.CheckConstraint("observer_id <> subject_id", name="not_of_oneself"),
        sa.CheckConstraint("edition >= 0", name="edition"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    calibration_id: Mapped[int] = mapped_column(sa.ForeignKey("observation_calibration.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    observer_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    marks: Mapped[dict[str, str]] = mapped_column(CanonicalJson, info=not_personal())
    """The mark of each behaviour so far, by its id."""
    notes: Mapped[dict[str, str] | None] = mapped_column(CanonicalJson, info=personal())
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    edition: Mapped[int] = mapped_column(sa.Integer)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)


_HANDED_IN = (
    "EXISTS (SELECT 1 FROM observation o WHERE o.id = OLD.observation_id "
    "AND o.handed_in_at IS NOT NULL)"
)

register(
    AppendOnly("observation_form"),
    AppendOnly("observation_form_item"),
    AppendOnly("observation_form_end"),
    AppendOnly("behaviour_mapping"),
    AppendOnly("behaviour_mapping_end"),
    AppendOnly(
        "observation",
        "subject_id",
        ("reference", "note"),
        frozen_when="OLD.handed_in_at IS NOT NULL",
    ),
    AppendOnly("observation_mark", "subject_id", ("note",), frozen_when=_HANDED_IN),
    AppendOnly("observation_score"),
    AppendOnly("observation_step", "subject_id", ("text",)),
    AppendOnly("observed_day"),
    NoOverlap("observation_plan", ("narrowing",)),
    AppendOnly(
        "contact_draw",
        "subject_id",
        ("reference", "reason"),
        frozen_when="OLD.closed_at IS NOT NULL",
    ),
    AppendOnly(
        "observation_calibration",
        "subject_id",
        ("reference",),
        frozen_when="OLD.closed_at IS NOT NULL",
    ),
    AppendOnly(
        "observation_calibration_sheet",
        "subject_id",
        ("notes", "note"),
        frozen_when="OLD.submitted_at IS NOT NULL",
    ),
)
