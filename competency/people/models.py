"""Tables of the organisation, its people and their access."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competency.database.base import Base, Erase, not_personal, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import NoOverlap, register
from competency.database.types import ExactDecimal, Identity, Utc, enumeration, key_text
from competency.people.schema import AccountKind, AccountState, Role, ScopeKind

PERIOD = "ends_on IS NULL OR ends_on > starts_on"
OF_EMPLOYEE = {"subject_column": "employee_id"}


def _public_id() -> Mapped[str]:
    """Return the column of the random identifier that URLs carry."""
    return mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )


class Organisation(Base):
    """The one organisation that runs this system, over one or more employers."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    name: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    accent_colour: Mapped[str] = mapped_column(sa.String(7), default="#1f4e79", info=not_personal())


class Employer(Base):
    """A legal person that employs people in one country; documents name it."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True, info=not_personal())
    legal_name: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    country: Mapped[str] = mapped_column(sa.String(2), info=not_personal())
    tax_number: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    logo_png: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    time_zone: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    answer_days: Mapped[int] = mapped_column(sa.Integer, default=10, server_default="10")
    """Calendar days within which a request to be assessed is answered."""
    certification_months: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    """How many months somebody is to be employed before a certification; 0 for none."""
    certification_days: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    """How many days are to pass since one of the same framework that was not reached."""

    organisation: Mapped[Organisation] = relationship()


class Site(Base):
    """A place of work; its time zone says when a day ends there.

    From ``closed_on`` on nobody is placed there any more; so for teams, campaigns and
    positions.
    """

    __tablename__ = "site"
    __table_args__ = (sa.UniqueConstraint("employer_id", "name"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    time_zone: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    closed_on: Mapped[date | None] = mapped_column(sa.Date)

    employer: Mapped[Employer] = relationship()


class Team(Base):
    """A team of one site."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    closed_on: Mapped[date | None] = mapped_column(sa.Date)

    site: Mapped[Site] = relationship()


class Campaign(Base):
    """A client's programme or service that people work on."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True, info=not_personal())
    name: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    closed_on: Mapped[date | None] = mapped_column(sa.Date)

    employer: Mapped[Employer] = relationship()


class Position(Base):
    """A job that people hold; its duties and target levels come from files."""

    __tablename__ = "position"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    code: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    title: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    closed_on: Mapped[date | None] = mapped_column(sa.Date)


class Employee(Base):
    """A person at work, with the name as it is printed, sorted and searched."""

    __tablename__ = "employee"
    __table_args__ = (
        sa.UniqueConstraint("employer_id", "national_id"),
        sa.CheckConstraint("left_on IS NULL OR left_on >= hired_on", name="left_after_hired"),
        sa.CheckConstraint("weekly_hours BETWEEN 1 AND 8000", name="weekly_hours"),
        {"info": {"subject_column": "id"}},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    employee_number: Mapped[str] = mapped_column(
        sa.String(32), unique=True, info=personal(Erase.PUBLIC_ID)
    )
    given_name: Mapped[str] = mapped_column(sa.String(80), info=personal(Erase.BLANK))
    family_name: Mapped[str] = mapped_column(sa.String(80), info=personal(Erase.BLANK))
    second_family_name: Mapped[str | None] = mapped_column(sa.String(80), info=personal())
    patronymic: Mapped[str | None] = mapped_column(sa.String(80), info=personal())
    printed_name: Mapped[str] = mapped_column(sa.String(330), info=personal(Erase.BLANK))
    sort_name: Mapped[str] = mapped_column(sa.String(330), info=personal(Erase.BLANK))
    search_key: Mapped[str] = mapped_column(key_text(600), info=personal(Erase.BLANK))
    sort_key: Mapped[str] = mapped_column(key_text(600), index=True, info=personal(Erase.BLANK))
    national_id: Mapped[str | None] = mapped_column(sa.String(32), info=personal())
    email: Mapped[str | None] = mapped_column(sa.String(254), info=personal())
    document_language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    hired_on: Mapped[date] = mapped_column(sa.Date)
    left_on: Mapped[date | None] = mapped_column(sa.Date)
    weekly_hours: Mapped[Decimal | None] = mapped_column(ExactDecimal(2), info=personal())

    employer: Mapped[Employer] = relationship()


class Placement(Base):
    """Where an employee works, from one day to another."""

    __tablename__ = "placement"
    __table_args__ = (sa.CheckConstraint(PERIOD, name="period"), {"info": OF_EMPLOYEE})

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)


class CampaignAssignment(Base):
    """That an employee works on a campaign, from one day to another."""

    __tablename__ = "campaign_assignment"
    __table_args__ = (sa.CheckConstraint(PERIOD, name="period"), {"info": OF_EMPLOYEE})

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)


class PositionAssignment(Base):
    """That an employee holds a position, from one day to another."""

    __tablename__ = "position_assignment"
    __table_args__ = (sa.CheckConstraint(PERIOD, name="period"), {"info": OF_EMPLOYEE})

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    position_id: Mapped[int] = mapped_column(sa.ForeignKey("position.id"), index=True)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)


class ReportingLine(Base):
    """To whom an employee reports, from one day to another: one supervisor a day."""

    __tablename__ = "reporting_line"
    __table_args__ = (
        sa.CheckConstraint(PERIOD, name="period"),
        sa.CheckConstraint("supervisor_id <> employee_id", name="not_oneself"),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date | None] = mapped_column(sa.Date)


class Absence(Base):
    """That somebody is on leave, from one day to another; why is nobody's to know here.

    Leave may speak of health, so erasure deletes the rows (ADR 0032).
    """

    __tablename__ = "absence"
    __table_args__ = (
        sa.CheckConstraint("ends_on > starts_on", name="period"),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date] = mapped_column(sa.Date)
    """The first day back."""
    entered_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def last_on(self) -> date:
        """Return the last day away."""
        return self.ends_on - timedelta(days=1)


class Account(Base):
    """A way to sign in; the one of kind system belongs to nobody and never does."""

    __tablename__ = "account"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'system') = (employee_id IS NULL)", name="kind_employee"),
        sa.CheckConstraint(
            "(state = 'active') = (password_hash IS NOT NULL) OR kind = 'system'",
            name="active_password",
        ),
        {"info": OF_EMPLOYEE},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    kind: Mapped[AccountKind] = mapped_column(
        enumeration(AccountKind, "kind"), default=AccountKind.PERSON
    )
    state: Mapped[AccountState] = mapped_column(
        enumeration(AccountState, "state"), default=AccountState.INVITED
    )
    employee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employee.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())

    employee: Mapped[Employee | None] = relationship()


class Invitation(Base):
    """A one-time code with which an account's first password, or a new one, is set."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    code_digest: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    made_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class RoleGrant(Base):
    """A role over a scope, from one instant until it is revoked."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint("(scope_kind = 'all') = (scope_id IS NULL)", name="scope"),
        sa.CheckConstraint("granted_by_id <> account_id", name="not_oneself"),
        sa.Index(
            "uq_role_grant_current",
            "account_id",
            "role",
            "scope_kind",
            sa.text("coalesce(scope_id, 0)"),
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(enumeration(Role, "role"))
    scope_kind: Mapped[ScopeKind] = mapped_column(enumeration(ScopeKind, "scope_kind"))
    scope_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    granted_at: Mapped[datetime] = mapped_column(Utc)
    granted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class SignInSession(Base):
    """One signed-in browser; the cookie carries the token, this row its digest."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    started_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class SignInThrottle(Base):
    """Failed tries of one key (a name, or an address) since a moment."""

    __tablename__ = "sign_in_throttle"

    key_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True, info=not_personal())
    failures: Mapped[int] = mapped_column(sa.Integer)
    since: Mapped[datetime] = mapped_column(Utc)


register(
    NoOverlap("placement", ("employee_id",)),
    NoOverlap("campaign_assignment", ("employee_id", "campaign_id")),
    NoOverlap("position_assignment", ("employee_id",)),
    NoOverlap("reporting_line", ("employee_id",)),
    NoOverlap("absence", ("employee_id",)),
)
