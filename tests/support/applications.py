"""Applications to be certified against the Italian profile, made through the operations."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from competency import clock
from competency.assessments.applications import (
    Application,
    Certifying,
    accept_application,
    apply,
)
from competency.assessments.models import Appraisal
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employer
from competency.people.organisation import EmployerDetails, change_employer
from tests.support.appraisals import publish_shipped
from tests.support.cast import CAST, World
from tests.support.certifications import PROFILE

WORDS = "canario-words sono pronta per la prova"
REASON = "canario-reason è il momento giusto"
EXCEPTION = "canario-exception ha lavorato altrove"


def published(world: World) -> str:
    """Return the public id of the profile, published once."""
    query = sa.select(FrameworkVersion.public_id).where(FrameworkVersion.slug == PROFILE)
    found = world.session.scalar(query)
    world.session.rollback()
    if found is None:
        publish_shipped(world, PROFILE)
        found = world.session.scalars(query).one()
        world.session.rollback()
    return found


def applied(
    world: World,
    name: str = "aurora",
    *,
    units: tuple[str, ...] = ("uc1",),
    declares: bool = True,
    despite: bool = False,
    language: str = "it",
    words: str = WORDS,
    framework: str = "",
) -> str:
    """Apply as somebody; return the request's public id."""
    framework = framework or published(world)
    with unit_of_work(world.session):
        return apply(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            application=Application(framework, words, units, declares, language, despite),
        ).public_id


def certified(
    world: World,
    public_id: str,
    name: str = "hilda",
    *,
    assessor: str = "bruno",
    exception: str = "",
    reason: str = REASON,
) -> Appraisal:
    """Accept an application as somebody; return the certification."""
    with unit_of_work(world.session):
        return accept_application(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=public_id,
            certifying=Certifying(
                reason=reason,
                title="Su domanda",
                due_on=clock.now().date() + timedelta(days=30),
                assessor=CAST[assessor][0],
                attempts_maximum=2,
                exception=exception,
            ),
        )


def ask_for(world: World, *, months: int = 0, days: int = 0) -> None:
    """Let the employer ask for months employed, and for days since what was not reached."""
    employer = world.session.scalars(sa.select(Employer)).one()
    details = EmployerDetails(
        employer.legal_name,
        None,
        "America/Santiago",
        "es",
        certification_months=months,
        certification_days=days,
    )
    with unit_of_work(world.session):
        change_employer(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employer=world.session.merge(employer),
            details=details,
        )
