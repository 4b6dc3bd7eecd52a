"""What happened in the demonstration's year, up to the day on which it is filled.

Last year every agent was appraised against the progression criteria, with the scope for
agents. This year the agents of Santiago are appraised against the service protocol and
the supervisors against their occupational profile; these stand at every step of the road.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.advancing import advance
from competency.assessments.cycles import CertificationPlan, CyclePlan
from competency.assessments.schema import Answer, AssessorKind, Instrument, Review
from competency.assessments.sessions import SessionPlan, plan_session
from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.beside import heard_beside
from competency.demonstration.calibration import calibrated
from competency.demonstration.cast import AURORA, BRUNO, TEAMS, agents_of
from competency.demonstration.findings import found_beside
from competency.demonstration.measurements import measured
from competency.demonstration.observing import observed
from competency.demonstration.people import (
    actor_named,
    bring_in,
    employee_named,
    system_actor,
)
from competency.demonstration.steps import Running, opened
from competency.demonstration.thresholds import asked
from competency.documents.signing import SigningKey
from competency.frameworks.operations import confirm_reading
from competency.frameworks.publishing import publish_folder
from competency.frameworks.queries import versions_of
from competency.frameworks.schema import BELOW
from competency.progression.operations import ActionDetails
from competency.progression.schema import ActionKind
from competency.resources import FRAMEWORKS

AnySession = Session | scoped_session[Session]
POSITIONS = Path(__file__).with_name("positions.yaml")
"""What the fictional organisation asks for in its positions; no source gives it."""
Tell = Callable[[str], None]

PROFILE = "supervisor-oficina-comercial"
PROGRESSION = "customer-service-progression"
PROTOCOL = "service-protocol"
SCHEDULING = "addetto-gestione-operativa-assistenza-clienti"


def fill(
    session: AnySession,
    *,
    now: datetime,
    public_url: str,
    key: SigningKey,
    tell: Tell = lambda _: None,
) -> None:
    """Fill an empty, set-up database; ``key`` signs, ``tell`` hears what is being done."""
    tell("64 people, two sites, four teams")
    with unit_of_work(session):
        bring_in(session, now)
    tell("the catalogue")
    with unit_of_work(session):
        publish_folder(
            session, actor=system_actor(session), now=now, folder=FRAMEWORKS, beside=[POSITIONS]
        )
    with unit_of_work(session):
        confirm_reading(
            session,
            actor=actor_named(session, "D100"),
            now=now,
            version_public_id=versions_of(session, PROGRESSION)[0].public_id,
            note=words.CONFIRMED,
        )
    tell("last year's progression of 48 agents")
    _last_year(session, now)
    tell("this year's service protocol in Santiago")
    _protocol(session, now)
    tell("the scheduler's certification")
    _certification(session, now)
    tell("ninety days of measurements")
    measured(session, now)
    tell("what is asked of the figures, and an appraisal in which they speak")
    asked(session, now, PROGRESSION)
    found_beside(session, now, PROGRESSION)
    tell("this year's appraisal of the supervisors")
    _supervisors(session, now, public_url, key)
    tell("observations of contacts in every team")
    observed(session, now, PROTOCOL)


def _plan(
    session: AnySession,
    title: str,
    slug: str,
    due: datetime,
    *,
    scope_id: str | None = None,
    review: Review = Review.ALL,
    self_assessment: bool = False,
    peers: int = 0,
) -> CyclePlan:
    """Return what a cycle of the demonstration is opened with."""
    return CyclePlan(
        title=title,
        framework_version_id=versions_of(session, slug)[0].id,
        submit_due_on=due.date(),
        scope_id=scope_id,
        review=review,
        self_assessment=self_assessment,
        peers_maximum=peers,
        peers_anonymous=peers > 0,
    )


def _last_year(session: AnySession, now: datetime) -> None:
    """Appraise every agent, a year ago; most answered, for the rest the days ran out."""
    start = now - timedelta(days=370)
    judged, released = start + timedelta(days=10), start + timedelta(days=14)
    everybody = tuple(number for team in TEAMS for number in agents_of(team))
    cycle = opened(
        session,
        start,
        by="D100",
        plan=_plan(
            session,
            f"Progresión {start.year}",
            PROGRESSION,
            start + timedelta(days=30),
            scope_id="agents",
            review=Review.NONE,
        ),
        numbers=everybody,
    )
    for place, number in enumerate(everybody):
        cycle.judge(judged, number, _progress(cycle, number, place))
        cycle.submit(judged, number)
        cycle.take("release", released, number, "D100")
        if place % 4 != 3:  # noqa: PLR2004 - every fourth doesn't answer
            cycle.take("acknowledge", released + timedelta(days=2), number, number)
    with unit_of_work(session):
        advance(session, actor=system_actor(session), now=released + timedelta(days=30))
    _plan_for_aurora(cycle, now)


def _progress(cycle: Running, number: str, place: int) -> list[Answer]:
    """Return an agent's levels: a pattern of digits, below 1, and why."""
    digits = words.LEVELS[0 if number == AURORA else 1 + place % (len(words.LEVELS) - 1)]
    italian = cycle.leads[number] in {"D220", "D230"}
    found = []
    for criterion, digit in zip(cycle.criteria, digits, strict=True):
        awardable = cycle.framework.awardable(criterion)
        level = BELOW if digit == "0" else f"n{digit}"
        if digit == "-" or (level != BELOW and level not in awardable):
            found.append(Answer(criterion, excused=True, note=words.LEADS_NOBODY[italian]))
        elif level == BELOW:
            found.append(Answer(criterion, BELOW, note=words.BELOW_FIRST[criterion][italian]))
        else:
            found.append(Answer(criterion, level))
    return found


def _plan_for_aurora(cycle: Running, now: datetime) -> None:
    """Agree with Aurora on what closes the two criteria that hold her back."""
    owner = employee_named(cycle.session, AURORA).id
    for criterion, kind, text, measure, days in words.AURORAS_PLAN:
        cycle.plan(
            now - timedelta(days=200),
            AURORA,
            ActionDetails(
                criteria=(criterion,),
                kind=ActionKind(kind),
                text=text,
                owner_id=owner,
                due_on=(now + timedelta(days=days)).date(),
                measure=measure,
            ),
        )
    cycle.see(now - timedelta(days=9), AURORA, *words.AURORAS_EVIDENCE)


def _protocol(session: AnySession, now: datetime) -> None:
    """Appraise the agents of Santiago, but Aurora: some done, some under way, some to do."""
    start = now - timedelta(days=25)
    numbers = tuple(n for n in (*agents_of("Alfa 1"), *agents_of("Alfa 2")) if n != AURORA)
    cycle = opened(
        session,
        start,
        by="D100",
        plan=_plan(
            session,
            f"Protocolo de servicio {now.year}",
            PROTOCOL,
            now + timedelta(days=12),
            review=Review.ALL,
            peers=5,
        ),
        numbers=numbers,
    )
    heard_beside(cycle, start, _behaviours)
    for place, number in enumerate(numbers):
        reached = _reached(number, place)
        if reached == "to do":
            continue
        answers = _behaviours(cycle, place)
        cycle.judge(
            start + timedelta(days=5), number, answers[: 20 if reached == "begun" else None]
        )
        if reached == "begun":
            continue
        cycle.submit(start + timedelta(days=6), number)
        if reached == "submitted":
            continue
        cycle.take("take", start + timedelta(days=8), number, "D410")
        if reached == "in review":
            continue
        cycle.take("approve", start + timedelta(days=9), number, "D410")
        if reached == "approved":
            continue
        cycle.take("release", now - timedelta(days=3), number, "D100")
        if reached == "closed":
            cycle.take("acknowledge", now - timedelta(days=1), number, number)
    calibrated(cycle, now)


def _reached(number: str, place: int) -> str:
    """Return how far an agent's appraisal is: every step of the road has some."""
    if number == BRUNO:
        return "released"
    steps = ("closed", "begun", "approved", "submitted", "to do", "released", "in review")
    return steps[place % len(steps)]


def _behaviours(cycle: Running, place: int) -> list[Answer]:
    """Return the answers on every behaviour; some are not met yet, with the reason."""
    found = []
    for number, criterion in enumerate(cycle.criteria):
        reason = words.NOT_MET[(place + number) % len(words.NOT_MET)]
        missed = (number * 7 + place * 3) % 23 == 0
        found.append(Answer(criterion, BELOW if missed else "met", note=reason if missed else ""))
    return found


def _certification(session: AnySession, now: datetime) -> None:
    """Begin to certify the scheduler in one unit; its practical test waits to be recorded."""
    start = now - timedelta(days=9)
    plan = _plan(session, f"Certificazione I2.1, {now.year}", SCHEDULING, now + timedelta(days=20))
    certifying = replace(plan, certification=CertificationPlan("D810", ("uc1",)))
    cycle = opened(session, start, by="D110", plan=certifying, numbers=("D900",))
    zone = ZoneInfo("Europe/Rome")
    yesterday = (now - timedelta(days=1)).astimezone(zone).replace(hour=10, minute=0, second=0)
    with unit_of_work(session):
        plan_session(
            session,
            actor=actor_named(session, "D810"),
            now=start + timedelta(days=1),
            appraisal_public_id=cycle.appraisals["D900"],
            plan=SessionPlan(
                Instrument.PRACTICAL_TEST,
                "uc1",
                yesterday.replace(microsecond=0),
                ("D810", "D230"),
                place="Aula 1",
                situation=words.SITUATION,
            ),
        )


def _supervisors(session: AnySession, now: datetime, public_url: str, key: SigningKey) -> None:
    """Appraise the four supervisors, each as far as another step of the road."""
    start = now - timedelta(days=20)
    cycle = opened(
        session,
        start,
        by="D100",
        plan=_plan(
            session,
            f"Supervisión {now.year}",
            PROFILE,
            now + timedelta(days=21),
            self_assessment=True,
        ),
        numbers=tuple(supervisor for supervisor, _ in TEAMS.values()),
    )
    for number, (title, text, criteria) in words.SEEN.items():
        cycle.see(now - timedelta(days=6), number, title, text, criteria)
    cycle.judge(now - timedelta(days=2), "D200", _met(cycle, {})[:5])
    for number in ("D210", "D220", "D230"):
        short = words.SHORT[number]
        cycle.judge(now - timedelta(days=5), number, _met(cycle, {}), AssessorKind.SELF)
        cycle.take("hand_in_self_assessment", now - timedelta(days=5), number, number)
        cycle.judge(now - timedelta(days=5), number, _met(cycle, short))
        cycle.submit(now - timedelta(days=4), number)
    for number in ("D210", "D220"):
        cycle.take("take", now - timedelta(days=3), number, "D400")
        cycle.take("approve", now - timedelta(days=3), number, "D400")
        cycle.take("release", now - timedelta(days=2), number, "D100")
    cycle.take("acknowledge", now - timedelta(days=1), "D210", "D210")
    criterion, kind, text, measure, days = words.CELESTES_PLAN
    cycle.plan(
        now - timedelta(days=1),
        "D210",
        ActionDetails(
            criteria=(criterion,),
            kind=ActionKind(kind),
            text=text,
            owner_id=employee_named(session, "D210").id,
            due_on=(now + timedelta(days=days)).date(),
            measure=measure,
        ),
    )
    cycle.attest(now, "D210", "D500", public_url, key)


def _met(cycle: Running, short: Mapping[str, str]) -> list[Answer]:
    """Return answers that are all met, but for those in ``short``, with their reasons."""
    return [
        Answer(criterion, BELOW if criterion in short else "met", note=short.get(criterion, ""))
        for criterion in cycle.criteria
    ]
