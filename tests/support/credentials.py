"""Authorisations, commissions and steps of documents, made through the operations."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from competency import clock
from competency.credentials.commissions import appoint, decide
from competency.credentials.issuers import NewAuthorisation, authorise
from competency.credentials.models import Issuer
from competency.credentials.schema import Reason, StatusAction
from competency.credentials.standings import change_status
from competency.database.transactions import unit_of_work
from competency.frameworks.schema import DocumentKind
from tests.support.appraisals import publish_shipped
from tests.support.cast import CAST, SLUG, World

CERTIFICATE = DocumentKind.CERTIFICATE
SEATS = ["presidencia", "especialista"]


def allow(
    world: World,
    *,
    slug: str = SLUG,
    starts_on: date = date(2020, 1, 1),
    valid_until: date | None = None,
    name: str = "ada",
) -> str:
    """Record that an authority lets the cast's employer issue a certificate; return its id."""
    with unit_of_work(world.session):
        return authorise(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            issuer=world.session.scalars(sa.select(Issuer)).one(),
            new=NewAuthorisation(
                "Autoridad Ficticia",
                "RES-17",
                starts_on,
                valid_until,
                frozenset({(slug, CERTIFICATE)}),
            ),
        ).public_id


def publish_with_commission(world: World) -> int:
    """Publish source 000 as a standard that asks for a commission; return the version's id."""
    return publish_shipped(
        world,
        SLUG,
        id="marco-con-comision",
        certification={"by_unit": True, "commission": {"members": SEATS}},
    )


def seat(world: World, appraisal: str, number: int, member: str, by: str = "hilda") -> None:
    """Appoint one of the cast to a seat."""
    with unit_of_work(world.session):
        appoint(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            appraisal_public_id=appraisal,
            seat=number,
            employee_number=CAST[member][0],
        )


def vote(world: World, appraisal: str, member: str, *, approves: bool = True) -> None:
    """Decide as a member."""
    with unit_of_work(world.session):
        decide(
            world.session,
            actor=world.actor(member),
            now=clock.now(),
            appraisal_public_id=appraisal,
            approves=approves,
            reason="canario-vote visto el portafolio",
        )


def change(
    world: World,
    entry: str,
    action: StatusAction,
    category: Reason,
    name: str = "carla",
    reason: str = "canario-status detalle",
) -> None:
    """Change the status of a document as somebody."""
    with unit_of_work(world.session):
        change_status(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            entry_public_id=entry,
            action=action,
            category=category,
            reason=reason,
        )
