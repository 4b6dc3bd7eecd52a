"""Closed appraisals and what is issued from them, made through the operations."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.models import Appraisal, Cycle, OutcomeRecord
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.credentials.issuers import ensure_issuer
from competency.credentials.models import Issuer, RegisterEntry
from competency.credentials.operations import attach, completed, take_number
from competency.database.identifiers import public_id
from competency.database.transactions import unit_of_work
from competency.frameworks.schema import DocumentKind
from competency.people.access import grant_role
from competency.people.models import Employer
from competency.people.schema import Role
from competency.privacy.operations import carry_out, request_erasure
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.keys import signing_key

PREFIX = "CDP"
URL = "https://example.invalid/"
AnySession = Session | scoped_session[Session]
Row = TypeVar("Row", Cycle, Appraisal, OutcomeRecord)
_titles = itertools.count(1)


def add_issuer(world: World, prefix: str = PREFIX) -> Issuer:
    """Let the cast's employer issue."""
    with unit_of_work(world.session):
        return ensure_issuer(
            world.session,
            actor=world.system(),
            now=clock.now(),
            employer=world.session.scalars(sa.select(Employer)).one(),
            prefix=prefix,
        )


def closed_road(world: World) -> Road:
    """Return Aurora's closed appraisal, with two competent units of three, and an issuer."""
    add_issuer(world)
    return open_road(world).to(State.CLOSED)


def take(
    world: World,
    appraisal: str,
    name: str = "carla",
    document: DocumentKind = DocumentKind.ATTESTATION,
) -> str:
    """Take a number as somebody of the cast; return the entry's public id."""
    with unit_of_work(world.session):
        return take_number(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            appraisal_public_id=appraisal,
            public_url=URL,
            key=signing_key(),
            document=document,
        ).public_id


def entry_of(world: World, entry: str) -> RegisterEntry:
    """Return an entry as it stands in the database now."""
    world.session.rollback()
    return world.session.scalars(
        sa.select(RegisterEntry).where(RegisterEntry.public_id == entry)
    ).one()


def finish(world: World, entry: str, name: str = "carla") -> bytes:
    """Make and attach the document of a numbered entry; return the bytes."""
    content = completed(entry_of(world, entry).facts, key=signing_key(), now=clock.now())
    with unit_of_work(world.session):
        attach(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            entry_public_id=entry,
            content=content,
        )
    return content


def issue(
    world: World, appraisal: str, document: DocumentKind = DocumentKind.ATTESTATION
) -> RegisterEntry:
    """Issue a document of a closed appraisal as the certifier."""
    entry = take(world, appraisal, document=document)
    finish(world, entry)
    return entry_of(world, entry)


def copies(road: Road, count: int) -> list[str]:
    """Return further closed appraisals like ``road``, each in a cycle of its own."""
    session = road.world.session
    query = sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    with unit_of_work(session):
        exempt(session, "a test copies closed appraisals instead of walking each road")
        appraisal = session.scalars(query).one()
        cycle = session.get_one(Cycle, appraisal.cycle_id)
        outcome = session.scalars(sa.select(OutcomeRecord).filter_by(appraisal_id=appraisal.id))
        tree = outcome.one()
        made = []
        for _ in range(count):
            new_cycle = _copy(session, cycle, title=f"Copia {next(_titles)}")
            new = _copy(session, appraisal, cycle_id=new_cycle.id)
            _copy(session, tree, appraisal_id=new.id)
            made.append(new.public_id)
    return made


def _copy(session: AnySession, row: Row, **values: object) -> Row:
    """Add a copy of a row with a new identity and other ``values``."""
    table = type(row)
    kept = {c.key: getattr(row, c.key) for c in sa.inspect(table).column_attrs if c.key != "id"}
    if "public_id" in kept:
        kept["public_id"] = public_id()
    new = table(**{**kept, **values})
    session.add(new)
    session.flush()
    return new


def erase(world: World) -> None:
    """Let Aurora leave, and erase her data by two of human resources."""
    with unit_of_work(world.session):
        bruno = world.account("bruno")
        grant_role(
            world.session, actor=world.system(), now=clock.now(), account=bruno, role=Role.HR
        )
        aurora = world.employee("aurora")
        aurora.left_on = clock.now().date() - timedelta(days=2)
        request = request_erasure(
            world.session, actor=world.actor("hilda"), now=clock.now(), employee=aurora
        )
        asked = request.public_id
    with unit_of_work(world.session):
        carry_out(
            world.session,
            actor=world.actor("bruno"),
            now=clock.now(),
            request_public_id=asked,
        )
