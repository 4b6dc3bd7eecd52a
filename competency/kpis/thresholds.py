"""What is done to thresholds: set from a day on, and ended; none is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import Invalid, NotAllowed, NotFound
from competency.frameworks.schema import KpiRole
from competency.kpis.findings import Threshold
from competency.kpis.models import KpiThreshold
from competency.kpis.names import number_of
from competency.kpis.permissions import can_set_thresholds
from competency.kpis.queries import Link, definitions, links
from competency.kpis.schema import Kpi
from competency.kpis.threshold_queries import About
from competency.kpis.threshold_rules import (
    ThresholdRule,
    check_direction,
    check_levels,
    narrowing_of,
)
from competency.people.queries import holding
from competency.people.rules import checked_text
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
REASON_MAXIMUM = 1000


@dataclass(frozen=True)
class NewThreshold:
    """What is asked for, of what, for whom, since when and why."""

    about: About
    rule: ThresholdRule
    reason: str
    starts_on: date
    campaign_id: int | None = None
    position_id: int | None = None
    site_id: int | None = None


def kpi_named(session: AnySession, slug: str) -> Kpi:
    """Return the definition of an indicator; ``NotFound``."""
    known = definitions(session)
    if slug not in known:
        raise NotFound("There is no indicator %(name)s.", name=slug)
    return known[slug][1]


def link_of(session: AnySession, about: About) -> Link:
    """Return where a criterion's file links the indicator as evidence or gate; ``NotFound``."""
    for link in links(session).get(about.kpi, []):
        if (
            link.role is not KpiRole.CONTEXT
            and link.framework.id == about.framework
            and link.criterion.id == about.criterion
        ):
            return link
    raise NotFound("No published framework links this criterion to the indicator.")


def set_threshold(
    session: AnySession, *, actor: Actor, now: datetime, new: NewThreshold
) -> KpiThreshold:
    """Set what is asked for from a day on, today or later, as human resources over all.

    What held for the same until then ends on that day; what was planned for later stays.
    """
    _require_setting(actor)
    _check(session, new)
    if new.starts_on < actor.today(now):
        raise Invalid("A threshold holds from today on, or from a later day.", "starts_on")
    kpi_id = number_of(session, new.about.kpi)
    about = (new.about.framework, new.about.criterion)
    criterion = None if None in about else (str(about[0]), str(about[1]))
    narrowing = narrowing_of(kpi_id, criterion, new)
    own = KpiThreshold.narrowing == narrowing
    before = session.scalar(
        sa.select(KpiThreshold).where(
            own,
            holding(KpiThreshold.starts_on, KpiThreshold.ends_on, new.starts_on),
        )
    )
    if before is not None and before.starts_on == new.starts_on:
        raise Invalid(
            "One begins on that day already. Take it back, or choose a later day.", "starts_on"
        )
    following = session.scalar(
        sa.select(sa.func.min(KpiThreshold.starts_on)).where(
            own, KpiThreshold.starts_on > new.starts_on
        )
    )
    row = KpiThreshold(
        kpi_id=kpi_id,
        framework_slug=new.about.framework,
        criterion_id=new.about.criterion,
        campaign_id=new.campaign_id,
        position_id=new.position_id,
        site_id=new.site_id,
        narrowing=narrowing,
        rule=new.rule.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        reason=checked_text(new.reason, REASON_MAXIMUM, "reason"),
        starts_on=new.starts_on,
        ends_on=following,
        set_by_id=actor.account_id,
        set_at=now,
    )
    if before is not None:
        before.ends_on = new.starts_on
        session.flush()
    session.add(row)
    session.flush()
    _record(session, actor, now, "threshold.set", row, starts_on=new.starts_on)
    return row


def end_threshold(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, ends_on: date
) -> None:
    """End a threshold from a day on; one that ends on its first day never held, and goes."""
    _require_setting(actor)
    row = session.scalar(sa.select(KpiThreshold).filter_by(public_id=public_id))
    if row is None:
        raise NotFound
    today = actor.today(now)
    if row.ends_on is not None and row.ends_on <= today:
        raise Invalid("This one has ended already.", "ends_on")
    if ends_on < today:
        raise Invalid("What held until today can't end in the past.", "ends_on")
    if row.ends_on is not None and ends_on > row.ends_on:
        raise Invalid("It ends before that day already.", "ends_on")
    _record(session, actor, now, "threshold.ended", row, ended_on=ends_on)
    if ends_on <= row.starts_on:
        session.delete(row)
    else:
        row.ends_on = ends_on
    session.flush()


def _require_setting(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not say what is asked for."""
    if not can_set_thresholds(actor):
        raise NotAllowed("Only human resources over everyone set thresholds.")


def _check(session: AnySession, new: NewThreshold) -> None:
    """Raise ``Invalid`` unless the rule fits its indicator and its criterion."""
    kpi = kpi_named(session, new.about.kpi)
    if new.about.criterion is not None:
        link = link_of(session, new.about)
        if new.rule.target is not None:
            raise Invalid("A criterion has levels, and no target.")
        order = link.framework.awardable(link.criterion.id)
        check_levels(new.rule.levels, order, kpi.direction)
    else:
        if new.rule.target is None or new.rule.levels:
            raise Invalid("Write the target, as in >= 0.85.", "target")
        check_direction(Threshold(new.rule.target), kpi.direction)


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    row: KpiThreshold,
    **days: date,
) -> None:
    """Record what was done to a threshold."""
    data: dict[str, object] = {name: day.isoformat() for name, day in days.items()}
    if row.criterion_id is not None:
        data |= {"framework": row.framework_slug, "criterion": row.criterion_id}
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="threshold",
        subject=row.public_id,
        data=data,
    )
