"""What indicators say about the criteria of an appraisal: as measured now, or as it was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.finding_facts import (
    Data,
    Origin,
    Refusal,
    asked_by,
    facts_of,
    refused,
    verdicts,
)
from competency.assessments.finding_models import FindingDecision, FindingStep
from competency.assessments.finding_place import Place, place_of
from competency.assessments.finding_teams import Team, team_of, team_sums
from competency.assessments.models import (
    Appraisal,
    Evidence,
    EvidenceLink,
    FrozenEvidence,
    Judgement,
)
from competency.assessments.permissions import BEFORE_SUBMISSION
from competency.assessments.queries import Loaded
from competency.assessments.schema import Carried
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.published_files import Published
from competency.frameworks.schema import Framework, KpiLink, KpiRole
from competency.kpis.findings import contradicts, find
from competency.kpis.intervals import Moments
from competency.kpis.models import SCALE, KpiName, KpiThreshold, Measurement
from competency.kpis.queries import definitions
from competency.kpis.schema import Kpi, Kpis, is_about_one_person
from competency.kpis.threshold_queries import About, chosen, thresholds_on
from competency.kpis.windows import USUAL, Window, steps

AnySession = Session | scoped_session[Session]
Found = dict[str, list[Data]]
"""What indicators say, by criterion, in the order of the framework's links."""


@dataclass(frozen=True)
class _Person:
    """Of whom and until which day it is asked, which sources may be used, and their team."""

    subject_id: int
    place: Place
    team: Team


@dataclass(frozen=True)
class _Asked:
    """A criterion's link with the thresholds that hold, and where they come from."""

    criterion_id: str
    link: KpiLink
    origin: Origin
    examples: Mapping[str, str]
    """The thresholds of the framework's file."""


def links_in(framework: Framework, criteria: Collection[str] | None) -> list[tuple[str, KpiLink]]:
    """Return the links to indicators of the criteria, each with its criterion."""
    return [
        (criterion.id, link)
        for criterion in framework.criteria()
        if criteria is None or criterion.id in criteria
        for link in criterion.kpis
    ]


def findings_now(
    session: AnySession, loaded: Loaded, now: datetime, criteria: Collection[str] | None = None
) -> Found:
    """Return what is measured until today says about the criteria; of all, or of those named.

    Nothing is read for a framework without links.
    """
    asked = links_in(loaded.framework, loaded.scope if criteria is None else criteria)
    if not asked:
        return {}
    place = place_of(session, loaded, now)
    has_context = any(link.role is KpiRole.CONTEXT for _, link in asked)
    team = team_of(session, loaded.standing, place.last) if has_context else Team()
    own = _with_own(session, loaded.framework.id, place, asked)
    return _findings(session, loaded.framework, own, _Person(loaded.subject.id, place, team))


def _with_own(
    session: AnySession, framework_id: str, place: Place, asked: list[tuple[str, KpiLink]]
) -> list[_Asked]:
    """Return the links with the organisation's own thresholds, where such hold on the day.

    Those of a framework's file are examples: without own ones figures say nothing of levels.
    Context has none, and without a source that may be used nothing is said of a level.
    """
    may_hold = place.sources and any(link.role is not KpiRole.CONTEXT for _, link in asked)
    held = chosen(thresholds_on(session, place.last) if may_hold else {}, place.where)
    found = []
    for criterion_id, link in asked:
        own = held.get(About(link.kpi, framework_id, criterion_id))
        if own is None or link.role is KpiRole.CONTEXT:
            plain = link.model_copy(update={"levels": {}})
            found.append(_Asked(criterion_id, plain, Origin(), link.levels))
            continue
        rule = own.rule
        said = {
            "levels": rule.levels,
            "window_days": rule.window_days or link.window_days,
            "minimum": rule.minimum or link.minimum,
            "confidence": rule.confidence or link.confidence,
        }
        origin = Origin(own.row.starts_on, _where(own.row))
        own_link = link.model_copy(update=said)
        found.append(_Asked(criterion_id, own_link, origin, link.levels))
    return found


def _where(row: KpiThreshold) -> str:
    """Return what a row of thresholds is narrowed to, by the names of its places."""
    names = (
        row.campaign and row.campaign.name,
        row.position and row.position.title,
        row.site and row.site.name,
    )
    return ", ".join(name for name in names if name)


def _findings(
    session: AnySession,
    framework: Framework,
    asked: list[_Asked],
    person: _Person,
) -> Found:
    """Return what the links say of a person; one statement for each length of window."""
    known = definitions(session)
    numbers, sources = _measured(session, known, asked, person)
    by_days: dict[int, set[int]] = defaultdict(set)
    for link in (one.link for one in asked):
        if _why_not(link, known, person, sources) is None and link.kpi in numbers:
            by_days[link.window_days or USUAL].add(numbers[link.kpi])
    measured: dict[tuple[int, int], Mapping[int, Moments]] = {}
    for days, kpis in by_days.items():
        window = Window.until(person.place.last, days)
        found = steps(
            session, window, kpis, people=[person.subject_id], sources=person.place.sources.keys()
        )
        measured.update({(days, kpi): of for (_, kpi), of in found.items()})
    linked = [(one.link, known[one.link.kpi][1]) for one in asked if one.link.kpi in known]
    of_team = team_sums(session, person.team, person.place.last, linked, numbers)
    said: Found = defaultdict(list)
    for one in asked:
        link, number = one.link, numbers.get(one.link.kpi, 0)
        if link.kpi not in known:
            said[one.criterion_id].append(refused(link, Refusal.NO_DEFINITION))
            continue
        kpi, titles = known[link.kpi][1], _titles(*known[link.kpi])
        of_steps = measured.get((link.window_days or USUAL, number))
        speaks = person.team.speaks(link, kpi)
        if speaks:
            said[one.criterion_id].append(of_team.said(link, kpi, titles, number))
        if of_steps:
            codes = framework.scale_of(one.criterion_id).codes()
            used = person.place.usable(sources.get(link.kpi, ()))
            said[one.criterion_id].append(_said(kpi, titles, one, codes, of_steps, person, used))
        elif not speaks:
            why = _why_not(link, known, person, sources) or Refusal.NOT_MEASURED
            said[one.criterion_id].append(refused(link, why, kpi, titles))
    return dict(said)


def _titles(file: Published[Kpis], kpi: Kpi) -> dict[str, str]:
    """Return an indicator's name in every language that it has one in."""
    found = {one.language: one.texts.get(kpi.id, kpi.title) for one in file.translations()}
    return {file.value.language: kpi.title, **found}


def _measured(
    session: AnySession,
    known: Collection[str],
    asked: Iterable[_Asked],
    person: _Person,
) -> tuple[dict[str, int], dict[str, set[int]]]:
    """Return each indicator's number, and the sources that measured the person lately.

    Lately is within the longest window that is asked for.
    """
    wanted = [one.link for one in asked if one.link.kpi in known]
    if not wanted:
        return {}, {}
    window = Window.until(person.place.last, max(one.window_days or USUAL for one in wanted))
    rows = session.execute(
        sa.select(KpiName.slug, KpiName.id, Measurement.source_id)
        .outerjoin(
            Measurement,
            sa.and_(
                Measurement.kpi_id == KpiName.id,
                Measurement.employee_id == person.subject_id,
                Measurement.day.between(window.first, window.last),
            ),
        )
        .where(KpiName.slug.in_(sorted({one.kpi for one in wanted})))
        .distinct()
    ).all()
    sources: dict[str, set[int]] = defaultdict(set)
    for slug, _, source_id in rows:
        if source_id is not None:
            sources[slug].add(source_id)
    return {slug: number for slug, number, _ in rows}, dict(sources)


def _why_not(
    link: KpiLink,
    known: Mapping[str, tuple[object, Kpi]],
    person: _Person,
    sources: Mapping[str, Collection[int]],
) -> Refusal | None:
    """Return why an indicator says nothing about a person, whatever was measured."""
    if link.kpi not in known:
        return Refusal.NO_DEFINITION
    if not is_about_one_person(known[link.kpi][1]):
        return Refusal.NOT_PERSONAL
    measured = sources.get(link.kpi, ())
    is_allowed = person.place.usable(measured) if measured else person.place.sources
    return None if is_allowed else Refusal.NO_BASIS


def _said(
    kpi: Kpi,
    titles: Mapping[str, str],
    one: _Asked,
    codes: Sequence[str],
    of_steps: Mapping[int, Moments],
    person: _Person,
    sources: Sequence[Mapping[str, str]],
) -> Data:
    """Return one finding as data; ``sources`` say where its figures are from."""
    window = Window.until(person.place.last, one.link.window_days or USUAL)
    row = [of_steps.get(number, Moments()) for number in range(window.steps)]
    asked = asked_by(one.link, codes)
    return facts_of(
        kpi,
        titles,
        one.link.role,
        asked,
        find(kpi, asked, sum(row, Moments()), SCALE, row),
        first=window.first,
        last=window.last,
        steps=row,
        origin=one.origin,
        examples=one.examples,
        sources=sources,
    )


def contradicted(
    framework: Framework, found: Found, levels: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Return the criteria whose judged level no sufficient finding as evidence allows."""
    return tuple(
        criterion_id
        for criterion_id, said in found.items()
        if any(
            speaks_against(framework, criterion_id, one, levels.get(criterion_id)) for one in said
        )
    )


def speaks_against(
    framework: Framework, criterion_id: str, facts: Mapping[str, object], level: str | None
) -> bool:
    """Return whether a finding doesn't allow a judged level; context, which has none, does."""
    if level is None:
        return False
    lowest, highest = facts.get("lowest"), facts.get("highest")
    if not isinstance(lowest, str) or not isinstance(highest, str):
        return False
    order = framework.scale_of(criterion_id).codes()
    return contradicts(lowest, highest, verdicts(facts).keys(), level, order)


@dataclass(frozen=True)
class Recorded:
    """What a round holds of findings: as the last submission kept them, and what was decided."""

    kept: Found
    decisions: dict[tuple[str, str], FindingDecision]
    """The last decision about each criterion and indicator that still holds."""


def recorded(session: AnySession, appraisal: Appraisal) -> Recorded:
    """Return what the current round of an appraisal holds of findings, in one read.

    A finding that was accepted counts as undecided where the evidence that it became is no
    longer linked to the criterion, or was withdrawn; once submitted, where the submission
    doesn't rely on it.
    """
    rows = session.execute(
        sa.select(FindingDecision, _stands(appraisal))
        .where(
            FindingDecision.appraisal_id == appraisal.id,
            FindingDecision.round == appraisal.round,
        )
        .order_by(FindingDecision.id)
    )
    found: Found = defaultdict(list)
    last: dict[tuple[str, str], tuple[FindingDecision, bool]] = {}
    for row, stands in rows:
        if row.step is not FindingStep.KEPT:
            last[row.criterion_id, row.kpi] = row, stands or row.evidence_id is None
        elif row.turn == appraisal.turn and row.facts is not None:
            found[row.criterion_id].append(row.facts)
    return Recorded(dict(found), {key: row for key, (row, stands) in last.items() if stands})


def _stands(appraisal: Appraisal) -> sa.ColumnElement[bool]:
    """Return the condition that the evidence of an accepted finding is relied on."""
    if appraisal.state not in BEFORE_SUBMISSION:
        return sa.exists().where(
            FrozenEvidence.appraisal_id == appraisal.id,
            FrozenEvidence.round == appraisal.round,
            FrozenEvidence.turn == appraisal.turn,
            FrozenEvidence.criterion_id == FindingDecision.criterion_id,
            FrozenEvidence.evidence_id == FindingDecision.evidence_id,
        )
    slug = (
        sa.select(FrameworkVersion.slug)
        .where(FrameworkVersion.id == appraisal.framework_version_id)
        .scalar_subquery()
    )
    return sa.exists().where(
        EvidenceLink.evidence_id == FindingDecision.evidence_id,
        EvidenceLink.criterion_id == FindingDecision.criterion_id,
        EvidenceLink.framework_slug == slug,
        Evidence.id == EvidenceLink.evidence_id,
        Evidence.withdrawn_at.is_(None),
    )


def kept(session: AnySession, appraisal: Appraisal) -> Found:
    """Return the findings as they stood beside the judgements of the last submission."""
    return _kept(session, appraisal, appraisal.round, appraisal.turn)


def kept_before(session: AnySession, appraisal: Appraisal) -> Found:
    """Return the findings of the last submission of the round before."""
    turn = session.scalar(
        sa.select(sa.func.max(Judgement.turn)).where(
            Judgement.appraisal_id == appraisal.id, Judgement.round == appraisal.round - 1
        )
    )
    return _kept(session, appraisal, appraisal.round - 1, turn or 0)


def _kept(session: AnySession, appraisal: Appraisal, number: int, turn: int) -> Found:
    """Return what a submission of a round kept."""
    rows = session.scalars(
        sa.select(FindingDecision)
        .where(
            FindingDecision.appraisal_id == appraisal.id,
            FindingDecision.round == number,
            FindingDecision.step == FindingStep.KEPT,
            FindingDecision.turn == turn,
        )
        .order_by(FindingDecision.id)
    )
    found: Found = defaultdict(list)
    for row in rows:
        if row.facts is not None:
            found[row.criterion_id].append(row.facts)
    return dict(found)


def carried_findings(session: AnySession, carried: Mapping[str, Carried]) -> Found:
    """Return what indicators said of criteria that carry over, where these were judged."""
    sources = session.scalars(
        sa.select(Appraisal).where(
            Appraisal.public_id.in_({one.appraisal for one in carried.values()})
        )
    ).all()
    return {
        criterion_id: said
        for source in sources
        for criterion_id, said in kept(session, source).items()
        if criterion_id in carried and carried[criterion_id].appraisal == source.public_id
    }


def findings_for(session: AnySession, loaded: Loaded, now: datetime) -> Found:
    """Return what holds beside the judgements: measured now, or kept by the submission.

    After a contest only what is judged anew is measured anew.
    """
    if loaded.appraisal.state not in BEFORE_SUBMISSION:
        return kept(session, loaded.appraisal) if loaded.has_findings else {}
    anew = loaded.judged_anew
    found = findings_now(session, loaded, now, anew)
    if anew is None or not loaded.has_findings:
        return found
    return {**kept_before(session, loaded.appraisal), **found}


def says_something(found: Mapping[str, Iterable[Data]]) -> bool:
    """Return whether any indicator says anything, so that somebody can have decided about it."""
    return any("refused" not in one for said in found.values() for one in said)


def verdicts_by_kpi(found: Mapping[str, Iterable[Data]]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what gates ask: of each criterion and indicator, the verdict on each level."""
    return {
        criterion_id: {str(one["kpi"]): verdicts(one) for one in said if "team" not in one}
        for criterion_id, said in found.items()
    }
