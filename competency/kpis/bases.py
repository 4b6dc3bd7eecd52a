"""What is done to sources, and to what allows their figures to be used about one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.clock import local_date
from competency.documents.fonts import check_printable
from competency.errors import Invalid, NotAllowed, NotFound
from competency.kpis.models import DataSource, SourceBasis
from competency.kpis.permissions import can_set_bases
from competency.kpis.schema import SourceKind
from competency.people.models import Employer
from competency.people.queries import holding
from competency.people.rules import checked_text
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

CODE = re.compile(r"[a-z0-9-]{1,64}")
NAME_MAXIMUM = 120
WORDS_MAXIMUM = 2000
AGREEMENT_MAXIMUM = 200
VERSION_MAXIMUM = 64
MONTHS_MAXIMUM = 120


@dataclass(frozen=True)
class NewBasis:
    """What allows the figures of a source to be used about one person, and since when."""

    legal_basis: str
    agreement: str | None
    notice_version: str
    notified_on: date
    purposes: str
    retention_months: int
    starts_on: date


def require_setting(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not say what allows figures about people."""
    if not can_set_bases(actor):
        raise NotAllowed("Only human resources over everyone set sources and their legal bases.")


def add_source(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    kind: SourceKind,
    parameters: str = "",
) -> DataSource:
    """Add a system that measures; nothing of it may be used about one person yet."""
    require_setting(actor)
    if CODE.fullmatch(code) is None:
        raise Invalid("A source's code has up to 64 of a-z, 0-9 and hyphens.", "code")
    if session.scalar(sa.select(DataSource.id).filter_by(code=code)) is not None:
        raise Invalid("The code %(code)s is in use.", "code", code=code)
    of_kind = sa.select(DataSource.id).filter_by(kind=SourceKind.OBSERVATIONS)
    if kind is SourceKind.OBSERVATIONS and session.scalar(of_kind) is not None:
        raise Invalid("There is a source for the observations made here already.", "kind")
    source = DataSource(code=code, name="", kind=kind)
    _set_words(source, name, parameters)
    session.add(source)
    session.flush()
    _record(session, actor, now, "source.added", source)
    return source


def change_source(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    source: DataSource,
    name: str,
    parameters: str,
) -> bool:
    """Name a source anew, or say anew what it records; return whether anything changed."""
    require_setting(actor)
    with session.no_autoflush:
        _set_words(source, name, parameters)
    changed = session.is_modified(source)
    session.flush()
    if changed:
        _record(session, actor, now, "source.changed", source)
    return changed


def set_basis(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    source: DataSource,
    employer: Employer,
    new: NewBasis,
) -> SourceBasis:
    """Say what allows a source's figures at an employer from a day on.

    What held until then ends on that day; what was planned for later days stays.
    """
    require_setting(actor)
    _require_told(new, local_date(now, employer.time_zone))
    own = (SourceBasis.source_id == source.id) & (SourceBasis.employer_id == employer.id)
    held = holding(SourceBasis.starts_on, SourceBasis.ends_on, new.starts_on)
    before = session.scalar(sa.select(SourceBasis).where(own, held))
    if before is not None and before.starts_on == new.starts_on:
        raise Invalid(
            "One begins on that day already. Take it back, or choose a later day.", "starts_on"
        )
    following = session.scalar(
        sa.select(sa.func.min(SourceBasis.starts_on)).where(
            own, SourceBasis.starts_on > new.starts_on
        )
    )
    basis = SourceBasis(
        source_id=source.id,
        employer_id=employer.id,
        legal_basis=_printable(new.legal_basis, WORDS_MAXIMUM, "legal_basis"),
        agreement=_optional(new.agreement, AGREEMENT_MAXIMUM, "agreement"),
        notice_version=_printable(new.notice_version, VERSION_MAXIMUM, "notice_version"),
        notified_on=new.notified_on,
        purposes=_printable(new.purposes, WORDS_MAXIMUM, "purposes"),
        retention_months=new.retention_months,
        starts_on=new.starts_on,
        ends_on=following,
        set_by_id=actor.account_id,
        set_at=now,
    )
    if before is not None:
        before.ends_on = new.starts_on
        session.flush()
    session.add(basis)
    session.flush()
    _record(session, actor, now, "basis.set", source, employer, starts_on=new.starts_on)
    return basis


def end_basis(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    source: DataSource,
    employer: Employer,
    public_id: str,
    ends_on: date,
) -> None:
    """End what allows a source's figures; from ``ends_on`` on they are nobody's to use.

    One that begins today or later and ends on its first day never held, and is taken back.
    """
    require_setting(actor)
    basis = session.scalar(
        sa.select(SourceBasis).filter_by(
            public_id=public_id, source_id=source.id, employer_id=employer.id
        )
    )
    if basis is None:
        raise NotFound
    today = local_date(now, employer.time_zone)
    if basis.ends_on is not None and basis.ends_on <= min(ends_on, today):
        raise Invalid("This one has ended already.", "ends_on")
    if ends_on < today:
        raise Invalid("What held until today can't end in the past.", "ends_on")
    if basis.ends_on is not None and ends_on > basis.ends_on:
        raise Invalid("It ends before that day already.", "ends_on")
    taken_back = ends_on <= basis.starts_on
    if taken_back:
        session.delete(basis)
    else:
        basis.ends_on = ends_on
    session.flush()
    action = "basis.taken_back" if taken_back else "basis.ended"
    _record(session, actor, now, action, source, employer, ended_on=ends_on)


def _require_told(new: NewBasis, today: date) -> None:
    """Raise ``Invalid`` unless people were told in time, and figures are kept for a while."""
    if new.notified_on > today:
        raise Invalid(
            "This day is in the future. Set the basis once people were told.", "notified_on"
        )
    if new.notified_on > new.starts_on:
        raise Invalid(
            "People are told before figures about them are used, not after.", "notified_on"
        )
    if not 1 <= new.retention_months <= MONTHS_MAXIMUM:
        raise Invalid("Choose between 1 and 120 months.", "retention_months")


def _set_words(source: DataSource, name: str, parameters: str) -> None:
    """Set a source's name and what it records."""
    source.name = _printable(name, NAME_MAXIMUM, "name")
    source.parameters = _optional(parameters, WORDS_MAXIMUM, "parameters")


def _printable(text: str | None, maximum: int, field: str) -> str:
    """Return a needed text with single spaces, of signs that papers can print."""
    kept = checked_text(text, maximum, field)
    check_printable(kept, field)
    return kept


def _optional(text: str | None, maximum: int, field: str) -> str | None:
    """Return a text with single spaces, or ``None`` where there is none."""
    return _printable(text, maximum, field) if (text or "").strip() else None


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    source: DataSource,
    employer: Employer | None = None,
    **days: date,
) -> None:
    """Record what was done to a source, and at which employer."""
    data: dict[str, object] = {name: day.isoformat() for name, day in days.items()}
    if employer is not None:
        data["employer"] = employer.public_id
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="source",
        subject=source.public_id,
        data=data,
    )
