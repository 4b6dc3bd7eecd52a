"""Reminding whoever an appraisal waits for, by hand: nobody on a day on which they were reminded.

The day of each person is taken as dates take it (ADR 0027). Somebody for whom several
things wait is told of them together, and so is who decides about several contested
results; of a single one they read which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.batches import Batch
from competency.assessments.models import Appraisal
from competency.assessments.permissions import is_hr
from competency.assessments.queries import Loaded, load
from competency.assessments.reminder_days import days_of, reminded_on, take_days, zones_of
from competency.assessments.reminders import Waiting, digest, waiting_for
from competency.assessments.schema import State
from competency.assessments.telling import possible_reviewers
from competency.audit.operations import exempt, record
from competency.errors import CompetencyError, IllegalTransition, NotAllowed, NotFound
from competency.mail.operations import notify, told_since
from competency.people.absences import away_on
from competency.people.queries import holders_over
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
CONTESTED = "result_contested"


@dataclass(frozen=True)
class Told:
    """What somebody is told of one appraisal; ``is_work`` where a digest can say it too."""

    kind: str
    params: dict[str, str]
    about: int | None
    link: str
    is_work: bool = True


def remind_each(
    session: AnySession,
    public_ids: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
    cycle_id: int,
    told: set[int],
) -> Batch:
    """Tell whoever some appraisals of a cycle wait for that they do, as human resources.

    Refused is one that waits for nobody, and one whose people were all reminded today
    already, other than in this run: ``told`` are those whom its earlier portions told,
    and is added to. It changes none of the appraisals.
    """
    done, waits = Batch(), dict[str, dict[int, Told]]()
    for public_id in public_ids:
        try:
            waits[public_id] = _waits(session, actor, now, public_id, cycle_id)
        except CompetencyError as error:
            done.refused[public_id] = error
    zones = zones_of(session, {who for each in waits.values() for who in each}, now)
    away = away_on(session, days_of(zones, now))
    there = {who: zone for who, zone in zones.items() if who not in away}
    told |= _tell(session, actor, now, cycle_id, list(waits.values()), there, told)
    for public_id, people in waits.items():
        reached = told & people.keys()
        if not reached:
            done.refused[public_id] = _not_told(people.keys(), there, away)
            continue
        done.taken += 1
        record(
            session,
            actor=actor.public_id,
            now=now,
            action="appraisal.reminded",
            subject_kind="appraisal",
            subject=public_id,
            data={"told": len(reached)},
        )
    if not done.taken:
        exempt(session, "nobody's day was free, so nothing changed")
    return done


def _not_told(
    people: Collection[int], there: Collection[int], away: Collection[int]
) -> IllegalTransition:
    """Return why nobody of the people is told of an appraisal."""
    if any(who in away for who in people) and not any(who in there for who in people):
        return IllegalTransition("Whoever this appraisal waits for is on leave.")
    if any(who in there for who in people):
        return IllegalTransition("Whoever this appraisal waits for was reminded today already.")
    return IllegalTransition("Whoever this appraisal waits for does not work here any more.")


def reminded_today(
    session: AnySession, appraisals: Iterable[Appraisal], now: datetime
) -> frozenset[int]:
    """Return the ids of the appraisals of which the one they wait for was reminded today."""
    waits = {a.id: _waited_for(a) for a in appraisals}
    people = {who for who in waits.values() if who is not None}
    if not people:
        return frozenset()
    reminded = reminded_on(session, days_of(zones_of(session, people, now), now))
    return frozenset(i for i, who in waits.items() if who in reminded)


def _waited_for(appraisal: Appraisal) -> int | None:
    """Return the one person whom an appraisal waits for, if it is one."""
    match appraisal.state:
        case State.OPEN:
            return appraisal.lead_id
        case State.IN_REVIEW:
            return appraisal.reviewer_id
        case State.RELEASED:
            return appraisal.subject_id
        case _:
            return None


def _waits(
    session: AnySession, actor: Actor, now: datetime, public_id: str, cycle_id: int
) -> dict[int, Told]:
    """Return whom an appraisal waits for, and what each is told; raise what refuses it."""
    loaded = load(session, actor=actor, now=now, public_id=public_id)
    if loaded.appraisal.cycle_id != cycle_id:
        raise NotFound
    if not is_hr(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Only human resources remind people of an appraisal.")
    waits = _WAITS.get(loaded.appraisal.state)
    if waits is None:
        raise IllegalTransition("This appraisal waits for nobody.")
    return waits(session, loaded)


def _tell(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle_id: int,
    waits: list[dict[int, Told]],
    zones: Mapping[int, str],
    before: Collection[int],
) -> set[int]:
    """Take the days of the people and tell them; return who is told.

    Whom the run told ``before`` has heard of all their work, but not of other results.
    """
    free = take_days(session, _free_days(session, now, waits, zones), now)
    together = _together(session, actor, now, cycle_id, free)
    for who in free:
        if who in together:
            kind, params = digest(together[who])
            notify(session, now=now, to=[who], kind=kind, params=params)
    told, results = set(free), dict[int, list[Told]]()
    for each in waits:
        for who in each.keys() & (told | set(before)):
            one = each[who]
            if not one.is_work:
                results.setdefault(who, []).append(one)
            elif who not in together and who not in before:
                _send(session, now, who, one)
    for who, things in results.items():
        _tell_of_results(session, now, who, things)
    return told


def _free_days(
    session: AnySession, now: datetime, waits: list[dict[int, Told]], zones: Mapping[int, str]
) -> dict[int, date]:
    """Return the day of each person who was not told any of it on that day already."""
    days = days_of(zones, now)
    for each in waits:
        for who in each.keys() & days.keys():
            begun = datetime.combine(days[who], time(), ZoneInfo(zones[who]))
            one = each[who]
            if who in told_since(session, one.kind, one.params, one.link, begun):
                days.pop(who)
    return days


def _tell_of_results(session: AnySession, now: datetime, who: int, things: list[Told]) -> None:
    """Tell somebody of results that wait for them; of several contested ones at once."""
    contested = [one for one in things if one.kind == CONTESTED]
    several = len(contested) > 1
    if several:
        params: dict[str, str | int] = {**contested[0].params, "count": len(contested)}
        notify(session, now=now, to=[who], kind="results_contested", params=params)
    for one in things:
        if one.kind != CONTESTED or not several:
            _send(session, now, who, one)


def _send(session: AnySession, now: datetime, who: int, one: Told) -> None:
    """Queue what somebody is told of one appraisal."""
    notify(
        session,
        now=now,
        to=[who],
        kind=one.kind,
        params=one.params,
        about=one.about,
        link=one.link,
    )


def _together(
    session: AnySession, actor: Actor, now: datetime, cycle_id: int, people: list[int]
) -> dict[int, list[Waiting]]:
    """Return what waits for those for whom several things do, over all their cycles."""
    if not people:
        return {}
    of_them = sa.or_(
        Appraisal.lead_id.in_(people),
        Appraisal.subject_id.in_(people),
        Appraisal.reviewer_id.in_(people),
        (Appraisal.cycle_id == cycle_id) & (Appraisal.state == State.SUBMITTED),
    )
    found: dict[int, list[Waiting]] = {who: [] for who in people}
    for one in waiting_for(session, actor, now, of_them, undated_reviews=True):
        if one.employee_id in found:
            found[one.employee_id].append(one)
    return {who: things for who, things in found.items() if len(things) > 1}


def _of_judging(_session: AnySession, loaded: Loaded) -> dict[int, Told]:
    """Return what is told to the lead, and to the subject who owes a self-assessment."""
    told = {loaded.appraisal.lead_id: _work(loaded)}
    if loaded.facts.self_assessment and not loaded.facts.self_submitted:
        due_on = loaded.cycle.own_due_on.isoformat()
        told[loaded.subject.id] = Told(
            "self_assessment_waiting",
            {"cycle": loaded.cycle.title, "due_on": due_on},
            None,
            loaded.appraisal.public_id,
        )
    return told


def _of_review(session: AnySession, loaded: Loaded) -> dict[int, Told]:
    """Return what is told to who has the review, or whoever could take it."""
    appraisal = loaded.appraisal
    if appraisal.reviewer_id is not None:
        return {appraisal.reviewer_id: _work(loaded)}
    return dict.fromkeys(possible_reviewers(session, loaded), _work(loaded))


def _work(loaded: Loaded) -> Told:
    """Return that an appraisal waits to be worked on."""
    due_on = loaded.cycle.submit_due_on.isoformat()
    params = {"cycle": loaded.cycle.title, "due_on": due_on}
    return Told("appraisal_reminder", params, loaded.subject.id, loaded.appraisal.public_id)


def _of_result(_session: AnySession, loaded: Loaded) -> dict[int, Told]:
    """Return what is told to the subject of a result that can be answered."""
    until = loaded.appraisal.contest_until
    params = {"cycle": loaded.cycle.title, "answer_by_on": until.isoformat() if until else ""}
    public_id = loaded.appraisal.public_id
    return {loaded.subject.id: Told("result_released", params, None, public_id, is_work=False)}


def _of_contest(session: AnySession, loaded: Loaded) -> dict[int, Told]:
    """Return what is told to the reviewers who are new to it, and human resources."""
    reviewers = holders_over(session, Role.REVIEWER, loaded.standing)
    facts = loaded.facts
    involved = facts.involved | facts.judged_beside | facts.led_or_examined
    who = (reviewers - involved) | holders_over(session, Role.HR, loaded.standing)
    params = {"cycle": loaded.cycle.title}
    public_id = loaded.appraisal.public_id
    told = Told(CONTESTED, params, loaded.subject.id, public_id, is_work=False)
    return dict.fromkeys(who, told)


_WAITS: Mapping[State, Callable[[AnySession, Loaded], dict[int, Told]]] = {
    State.OPEN: _of_judging,
    State.SUBMITTED: _of_review,
    State.IN_REVIEW: _of_review,
    State.RELEASED: _of_result,
    State.CONTESTED: _of_contest,
}
REMINDED = frozenset(_WAITS)
"""The states in which an appraisal waits for somebody who can be reminded."""
