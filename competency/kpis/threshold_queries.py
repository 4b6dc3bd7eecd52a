"""Reads of thresholds: which row holds for whom on a day, one person or a whole team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session

from competency.kpis.models import KpiName, KpiThreshold
from competency.kpis.threshold_rules import ThresholdRule, Where, narrowest
from competency.people.models import PositionAssignment
from competency.people.queries import holding, on, standings

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class About:
    """What a threshold is about: an indicator, or a criterion that is seen in one."""

    kpi: str
    framework: str | None = None
    criterion: str | None = None


@dataclass(frozen=True)
class Held:
    """A threshold that holds: its row and what it asks for."""

    row: KpiThreshold
    rule: ThresholdRule


def rule_of(row: KpiThreshold) -> ThresholdRule:
    """Return what a row asks for."""
    return ThresholdRule.model_validate(row.rule)


def where_of(session: AnySession, employee_ids: Iterable[int], day: date) -> dict[int, Where]:
    """Return on which campaigns, in which position and at which site people work on a day."""
    wanted = set(employee_ids)
    positions: dict[int, int] = dict(
        session.execute(
            sa.select(PositionAssignment.employee_id, PositionAssignment.position_id).where(
                PositionAssignment.employee_id.in_(wanted), on(PositionAssignment, day)
            )
        ).all()
    )
    return {
        who: Where(one.campaign_ids, positions.get(who), one.site_id)
        for who, one in standings(session, wanted, day).items()
    }


def thresholds_on(session: AnySession, day: date) -> dict[About, list[KpiThreshold]]:
    """Return every row that holds on a day with its places, by what it is about."""
    rows = session.execute(
        sa.select(KpiThreshold, KpiName.slug)
        .options(
            joinedload(KpiThreshold.campaign),
            joinedload(KpiThreshold.position),
            joinedload(KpiThreshold.site),
        )
        .join(KpiName, KpiName.id == KpiThreshold.kpi_id)
        .where(holding(KpiThreshold.starts_on, KpiThreshold.ends_on, day))
        .order_by(KpiThreshold.id)
    )
    found: dict[About, list[KpiThreshold]] = defaultdict(list)
    for row, slug in rows:
        found[About(slug, row.framework_slug, row.criterion_id)].append(row)
    return found


def chosen(rows: Mapping[About, list[KpiThreshold]], where: Where) -> dict[About, Held]:
    """Return the row of each indicator and criterion that holds for who works there."""
    found = {about: narrowest(held, where) for about, held in rows.items()}
    return {about: Held(row, rule_of(row)) for about, row in found.items() if row is not None}


@dataclass(frozen=True)
class Listed:
    """A row of the list of thresholds, with whom it narrows to."""

    row: KpiThreshold
    about: About
    rule: ThresholdRule

    def state(self, today: date) -> str:
        """Return ``planned``, ``holds`` or ``ended``."""
        if self.row.starts_on > today:
            return "planned"
        ended = self.row.ends_on is not None and self.row.ends_on <= today
        return "ended" if ended else "holds"


def listed(
    session: AnySession, today: date, *, kpi: str = "", with_ended: bool = False
) -> list[Listed]:
    """Return thresholds by indicator, criterion and narrowing, the latest first."""
    query = (
        sa.select(KpiThreshold, KpiName.slug)
        .join(KpiName, KpiName.id == KpiThreshold.kpi_id)
        .order_by(
            KpiName.slug,
            sa.func.coalesce(KpiThreshold.framework_slug, ""),
            sa.func.coalesce(KpiThreshold.criterion_id, ""),
            KpiThreshold.narrowing,
            KpiThreshold.starts_on.desc(),
        )
    )
    if kpi:
        query = query.where(KpiName.slug == kpi)
    if not with_ended:
        query = query.where(sa.or_(KpiThreshold.ends_on.is_(None), KpiThreshold.ends_on > today))
    return [
        Listed(row, About(slug, row.framework_slug, row.criterion_id), rule_of(row))
        for row, slug in session.execute(query)
    ]
