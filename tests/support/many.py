"""Generated appraisals of twelve people, each at work in a time zone of their own.

Run as a program, in whatever time zone its process has, it takes them through the
operations and writes a line an appraisal: what was decided, and when a contest ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import time_machine

from competency.assessments import operations
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.evidence import add_evidence
from competency.assessments.models import Appraisal, Assessor, Draft, OutcomeRecord
from competency.assessments.schema import AssessorKind, Review
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.operations import publish
from competency.frameworks.schema import BELOW, EvidenceKind, Framework
from competency.people.models import Employee, Employer, Site
from competency.people.operations import At, add_employee, place, report_to
from competency.people.schema import Names
from tests.support.cast import HIRED, World
from tests.support.databases import application

ZONES = (
    "Pacific/Kiritimati",
    "Pacific/Auckland",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Moscow",
    "Europe/Rome",
    "UTC",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Pago_Pago",
)
START = datetime(2026, 3, 10, 9, 50, tzinfo=UTC)
BETWEEN = timedelta(hours=7, minutes=13)
"""From one round to the next: over the days, at every hour somewhere."""
LEVELS = ("G", "F", "E")
CRITERIA = ("a", "b", "c", "d")
Line = list[Any]


def _framework(slug: str, unit: dict[str, Any], **further: object) -> Framework:
    """Return a framework of one unit of four criteria on three levels."""
    return Framework.model_validate(
        {
            "id": slug,
            "version": "1.0.0",
            "title": slug,
            "language": "en",
            "scales": {
                "steps": {
                    "levels": [{"code": code, "label": code} for code in LEVELS],
                    "below_label": "Under G",
                }
            },
            "units": [
                {
                    "id": "u",
                    "title": "Serves",
                    "criteria": [
                        {"id": i, "title": f"Serves {i}", "scale": "steps", **further}
                        for i in CRITERIA
                    ],
                }
            ],
            "outcome": {
                "unit": unit,
                "framework": {"rule": "all" if unit["rule"] == "n_of" else "minimum"},
            },
        }
    )


def frameworks() -> tuple[Framework, ...]:
    """Return one framework for each thing that could go apart: days, fractions, counting."""
    bands = {"G": "1", "F": "1.7", "E": "2.4"}
    return (
        _framework(
            "lasting",
            {
                "rule": "minimum",
                "gates": [
                    {"gate": "sustained_for", "days": 3, "from_level": "F"},
                    {"gate": "time_in_level", "days": 4, "from_level": "E"},
                ],
            },
        ),
        _framework(
            "shown",
            {"rule": "minimum", "gates": [{"gate": "required_evidence", "from_level": "F"}]},
            evidence={"minimum": 1, "max_age_days": 2},
        ),
        _framework(
            "weighed",
            {"rule": "weighted", "scale": "steps", "bands": bands, "weights": {"a": "0.7"}},
        ),
        _framework(
            "counted", {"rule": "n_of", "at_least": "F", "share": "0.66", "none_below": "G"}
        ),
    )


@dataclass(frozen=True)
class _People:
    """Whom the rounds are about, and what they are appraised against."""

    world: World
    ids: dict[int, int]
    versions: tuple[int, ...]


def _settled(world: World, *, everybody_in: str = "") -> _People:
    """Add the twelve where they are not there yet; ``everybody_in`` puts them in one zone."""
    session, system = world.session, world.system()
    if not session.scalars(sa.select(Employee.id).where(Employee.employee_number == "Z0")).first():
        with unit_of_work(session):
            employer = session.scalars(sa.select(Employer)).one()
            for number, zone in enumerate(ZONES):
                site = Site(
                    employer_id=employer.id, name=f"Lugar {number}", time_zone=everybody_in or zone
                )
                session.add(site)
                session.flush()
                employee = add_employee(
                    session,
                    actor=system,
                    now=START,
                    employer=employer,
                    employee_number=f"Z{number}",
                    names=Names("Persona", f"Inventada {number}"),
                    hired_on=HIRED,
                )
                at = At(actor=system, now=START, employee=employee, starts_on=HIRED)
                place(session, site_id=site.id, team_id=None, **at)
                report_to(session, supervisor=world.employee("simon"), **at)
            for one in frameworks():
                publish(session, actor=system, now=START, framework=one, source_text="for tests")
    slugs = [one.id for one in frameworks()]
    versions = dict(
        session.execute(
            sa.select(FrameworkVersion.slug, FrameworkVersion.id).where(
                FrameworkVersion.slug.in_(slugs)
            )
        ).all()
    )
    numbers = dict(
        session.execute(
            sa.select(Employee.id, Employee.employee_number).where(
                Employee.employee_number.like("Z%")
            )
        ).all()
    )
    ids = {i: int(number.removeprefix("Z")) for i, number in numbers.items()}
    return _People(world, ids, tuple(versions[slug] for slug in slugs))


def _round(people: _People, number: int, seed: int) -> Iterator[Line]:
    """Appraise the twelve once; what is judged and shown is the seed's and the round's alone."""
    world, session = people.world, people.world.session
    choice = random.Random(f"{seed} {number}")  # noqa: S311 - to be drawn again
    now = START + number * BETWEEN
    which = number % len(people.versions)
    framework = frameworks()[which]
    hilda, simon = world.actor("hilda"), world.actor("simon")
    with unit_of_work(session):
        cycle = open_cycle(
            session,
            actor=hilda,
            now=now,
            plan=CyclePlan(
                f"Ronda {number}",
                people.versions[which],
                (now + timedelta(days=30)).date(),
                review=Review.NONE,
                self_assessment=False,
                single_review_percent=0,
            ),
            population=Population(employee_numbers=tuple(f"Z{i}" for i in range(len(ZONES)))),
        )
        cycle_id = cycle.id
    appraisals = session.execute(
        sa.select(Appraisal.public_id, Appraisal.subject_id, Assessor.id)
        .join(Assessor, Assessor.appraisal_id == Appraisal.id)
        .where(Appraisal.cycle_id == cycle_id, Assessor.kind == AssessorKind.LEAD)
        .order_by(Appraisal.subject_id)
    ).all()
    for public_id, subject_id, assessor_id in appraisals:
        person = people.ids[subject_id]
        with unit_of_work(session):
            exempt(session, "generated drafts are written as rows")
            _judge(session, choice, now, subject_id, assessor_id)
            if which == 1 and choice.random() < 0.7:
                _show(world, choice, now, subject_id, person)
        with unit_of_work(session):
            operations.submit(
                session, actor=simon, now=now, public_id=public_id, evidence_confirmed=True
            )
        with unit_of_work(session):
            operations.release(session, actor=hilda, now=now, public_id=public_id)
        tree, ends_on = session.execute(
            sa.select(OutcomeRecord.tree, Appraisal.contest_until)
            .join(Appraisal, Appraisal.id == OutcomeRecord.appraisal_id)
            .where(Appraisal.public_id == public_id)
        ).one()
        digest = hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()
        yield [number, person, framework.id, tree["result"], digest, ends_on.isoformat()]
        session.rollback()
        session.expunge_all()


def _judge(
    session: Any,  # noqa: ANN401 - either kind of session
    choice: random.Random,
    now: datetime,
    subject_id: int,
    assessor_id: int,
) -> None:
    """Write a lead's drafts as they are kept: mostly high, sometimes excused or below."""
    for criterion in CRITERIA:
        drawn = choice.random()
        excused = drawn < 0.05
        level = BELOW if drawn < 0.1 else choice.choices(LEVELS, weights=(1, 4, 6))[0]
        session.add(
            Draft(
                assessor_id=assessor_id,
                subject_id=subject_id,
                criterion_id=criterion,
                level=None if excused else level,
                excused=excused,
                note="as seen" if excused or level == BELOW else "",
                version=1,
                saved_at=now,
            )
        )


def _show(world: World, choice: random.Random, now: datetime, subject_id: int, person: int) -> None:
    """Add an evidence for some criteria, of a day that is about as old as may be."""
    employee = world.session.get_one(Employee, subject_id)
    today = now.astimezone(ZoneInfo(ZONES[person])).date()
    links = [("shown", i) for i in CRITERIA if choice.random() < 0.9] or [("shown", "a")]
    add_evidence(
        world.session,
        actor=world.actor("simon"),
        now=now,
        employee_public_id=employee.public_id,
        kind=EvidenceKind.DIRECT_PERFORMANCE,
        title="Un turno",
        text="Atendió con calma.",
        happened_on=today - timedelta(days=choice.randint(1, 3)),
        links=links,
    )


def lines(url: str, folder: Path, *, seed: int, first: int, last: int, zone: str) -> Iterator[Line]:
    """Run the rounds from ``first`` up to ``last``, not included; yield a line an appraisal."""
    app = application(url, folder)
    with app.app_context():
        people = _settled(World(db.session), everybody_in=zone)
        for number in range(first, last):
            with time_machine.travel(START + number * BETWEEN, tick=False):
                yield from _round(people, number, seed)
        db.session.remove()
        db.engine.dispose()


def runs(
    places: dict[str, str],
    folder: Path,
    *,
    seed: int,
    first: int = 0,
    last: int,
    one_zone: str = "",
) -> list[list[Line]]:
    """Run the same rounds beside each other, a process each; return the lines of each.

    ``places`` gives the time zone of the process, and of its connections, by database.
    """
    asked = [str(seed), str(first), str(last), *([one_zone] if one_zone else [])]
    running = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "tests.support.many", url, str(folder), *asked],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TZ": zone, "PGTZ": zone},
            stdout=subprocess.PIPE,
            text=True,
        )
        for url, zone in places.items()
    ]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running)
    return [[json.loads(line) for line in text.splitlines()] for text in told]


if __name__ == "__main__":
    address, data, drawn, begin, end, *rest = sys.argv[1:]
    for found in lines(
        address,
        Path(data),
        seed=int(drawn),
        first=int(begin),
        last=int(end),
        zone=rest[0] if rest else "",
    ):
        print(json.dumps(found))  # noqa: T201 - what the program is for
