"""What indicators say of a person's team: context beside criteria, and never about a level.

Of who leads people it is the team that they lead; indicators of a team or a queue say of
anybody else what the team that they work in did. Figures of so few people that somebody
could be told are not shown (ADR 0033).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.finding_facts import Data, Origin, Refusal, facts_of, refused
from competency.frameworks.schema import KpiLink, KpiRole
from competency.kpis.figures import HUMAN_RESOURCES_ALONE, together
from competency.kpis.findings import Asked
from competency.kpis.intervals import Moments
from competency.kpis.schema import Kpi, is_about_one_person
from competency.kpis.windows import USUAL, Window, steps
from competency.people.models import ReportingLine
from competency.people.queries import on
from competency.people.schema import Standing

AnySession = Session | scoped_session[Session]


class TeamKind(StrEnum):
    """Which team figures are of."""

    LED = "led"
    OWN = "own"


@dataclass(frozen=True)
class Team:
    """The people whose figures, put together, are context for somebody's criteria."""

    kind: TeamKind = TeamKind.OWN
    people: frozenset[int] = frozenset()

    def speaks(self, link: KpiLink, kpi: Kpi) -> bool:
        """Return whether a link asks what the team did."""
        if link.role is not KpiRole.CONTEXT:
            return False
        return self.kind is TeamKind.LED or not is_about_one_person(kpi)


@dataclass(frozen=True)
class TeamSums:
    """What was measured of each person of a team, by days of the window and indicator."""

    team: Team
    last: date
    measured: Mapping[tuple[int, int], list[Mapping[int, Moments]]]

    def said(self, link: KpiLink, kpi: Kpi, titles: Mapping[str, str], number: int) -> Data:
        """Return what an indicator says of the team, as data: without levels, ever."""
        if kpi.id in HUMAN_RESOURCES_ALONE:
            return refused(link, Refusal.HUMAN_RESOURCES, kpi, titles)
        window = Window.until(self.last, link.window_days or USUAL)
        found = self.measured.get((link.window_days or USUAL, number))
        if not found:
            return refused(link, Refusal.NOT_MEASURED, kpi, titles)
        figure = together(kpi, window, found)
        if figure.too_few:
            return refused(link, Refusal.TOO_FEW, kpi, titles)
        facts = facts_of(
            kpi,
            titles,
            link.role,
            Asked({}),
            figure.found,
            first=window.first,
            last=window.last,
            steps=figure.steps,
            origin=Origin(),
            examples={},
            sources=(),
        )
        return {**facts, "team": self.team.kind.value, "people": figure.people}


def team_of(session: AnySession, standing: Standing, day: date) -> Team:
    """Return the team that somebody leads on a day, or else the one that they work in."""
    leads = (standing.employee_id, standing.supervisor_id)
    rows = session.execute(
        sa.select(ReportingLine.supervisor_id, ReportingLine.employee_id).where(
            ReportingLine.supervisor_id.in_([lead for lead in leads if lead is not None]),
            on(ReportingLine, day),
        )
    ).all()
    led = frozenset(who for lead, who in rows if lead == standing.employee_id)
    if led:
        return Team(TeamKind.LED, led)
    return Team(TeamKind.OWN, frozenset(who for _, who in rows))


def team_sums(
    session: AnySession,
    team: Team,
    last: date,
    links: Iterable[tuple[KpiLink, Kpi]],
    numbers: Mapping[str, int],
) -> TeamSums:
    """Return what was measured of a team; one statement for each length of window."""
    by_days: dict[int, set[int]] = defaultdict(set)
    for link, kpi in links:
        if link.kpi in numbers and team.speaks(link, kpi):
            by_days[link.window_days or USUAL].add(numbers[link.kpi])
    measured: dict[tuple[int, int], list[Mapping[int, Moments]]] = defaultdict(list)
    for days, kpis in by_days.items():
        window = Window.until(last, days)
        for (_, number), found in steps(session, window, kpis, people=team.people).items():
            measured[days, number].append(found)
    return TeamSums(team, last, measured)
