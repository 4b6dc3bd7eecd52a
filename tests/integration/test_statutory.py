"""Statutory documents: issued under an authorisation in force that covers them, or refused."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from competency import clock
from competency.audit.models import AuditEvent
from competency.clock import local_date
from competency.credentials.issuers import NewAuthorisation, authorise, end_authorisation
from competency.credentials.models import Issuer, RegisterEntry
from competency.credentials.papers import from_data
from competency.credentials.queries import by_token
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.schema import DocumentKind
from tests.support.cast import World
from tests.support.credentials import CERTIFICATE, allow
from tests.support.register import closed_road, copies, entry_of, finish, issue, take


def today() -> date:
    """Return the day at the cast's employer."""
    return local_date(clock.now(), "America/Santiago")


def end(world: World, authorisation: str, on: date, name: str = "ada") -> None:
    """End an authorisation early."""
    with unit_of_work(world.session):
        end_authorisation(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=authorisation,
            ended_on=on,
            reason="canario-fin",
        )


def entries(world: World) -> list[RegisterEntry]:
    """Return the whole register, oldest first."""
    world.session.rollback()
    return list(world.session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.id)))


def test_without_an_authorisation_the_certificate_is_refused_and_the_attestation_is_not(
    world: World,
) -> None:
    road = closed_road(world)
    with pytest.raises(Invalid, match=r"Centro de Pruebas SpA has none.*instead"):
        take(world, road.public_id, document=CERTIFICATE)
    assert entries(world) == []
    assert issue(world, road.public_id).document is DocumentKind.ATTESTATION


def test_only_one_in_force_today_that_covers_framework_and_document_lets_it_be_issued(
    world: World,
) -> None:
    road, day = closed_road(world), timedelta(days=1)
    allow(world, slug="another-standard")
    with pytest.raises(Invalid, match="does not cover"):
        take(world, road.public_id, document=CERTIFICATE)
    allow(world, valid_until=today() - day)
    with pytest.raises(Invalid, match="run out"):
        take(world, road.public_id, document=CERTIFICATE)
    allow(world, starts_on=today() + day)
    with pytest.raises(Invalid, match="does not hold yet"):
        take(world, road.public_id, document=CERTIFICATE)
    assert entries(world) == []
    allow(world, valid_until=today())
    assert issue(world, road.public_id, CERTIFICATE).state is EntryState.ACTIVE


def test_one_that_was_ended_lets_nothing_more_be_issued_and_what_was_stays(world: World) -> None:
    road = closed_road(world)
    first = allow(world)
    made = issue(world, road.public_id, CERTIFICATE)
    end(world, first, today())
    assert entry_of(world, made.public_id).state is EntryState.ACTIVE
    with pytest.raises(IllegalTransition):
        end(world, first, today())
    [other] = copies(road, 1)
    with pytest.raises(Invalid, match="has been ended"):
        take(world, other, document=CERTIFICATE)


def test_a_document_that_the_standard_does_not_know_is_refused(world: World) -> None:
    road = closed_road(world)
    allow(world)
    with pytest.raises(Invalid, match="knows no such statutory document"):
        take(world, road.public_id, document=DocumentKind.VALIDATION)


def test_the_certificate_names_authority_number_scope_and_expiry(world: World) -> None:
    road = closed_road(world)
    allow(world, valid_until=date(2099, 12, 31))
    entry = take(world, road.public_id, document=CERTIFICATE)
    text = said(finish(world, entry))
    for words in (
        "Certificado de competencias laborales",
        "Autoridad Ficticia",
        "RES-17",
        "Supervisor de oficina comercial",
        "31 de diciembre de 2099",
        "Ley 20.267",
        "Certifica que",
    ):
        assert words in text, words
    assert "sin valor" not in text.casefold()
    assert "Constancia interna" not in text


def test_the_internal_attestation_says_that_it_has_no_statutory_value(world: World) -> None:
    road = closed_road(world)
    allow(world)
    text = said(finish(world, take(world, road.public_id)))
    assert "Constancia interna" in text
    assert "RES-17" not in text
    assert "Certifica que" not in text


def said(content: bytes) -> str:
    """Return the text of a PDF on one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_both_documents_stand_beside_each_other_and_numbers_have_no_gap(world: World) -> None:
    road = closed_road(world)
    with pytest.raises(Invalid):
        take(world, road.public_id, document=CERTIFICATE)
    attestation = issue(world, road.public_id)
    allow(world)
    certificate = issue(world, road.public_id, CERTIFICATE)
    assert take(world, road.public_id, document=CERTIFICATE) == certificate.public_id
    assert [e.sequence for e in entries(world)] == [1, 2]
    assert attestation.authorisation_id is None
    assert certificate.authorisation_id is not None
    assert [e.document for e in entries(world)] == [DocumentKind.ATTESTATION, CERTIFICATE]
    found = by_token(world.session, clock.now(), certificate.token)
    assert found is not None
    assert found.document is CERTIFICATE
    facts = from_data(certificate.facts or {})
    assert facts.statutory is not None
    assert facts.statutory.covers == ("Supervisor de oficina comercial",)


def test_only_administrators_record_and_end_and_both_are_recorded_in_the_chain(
    world: World,
) -> None:
    closed_road(world)
    for name in ("hilda", "carla", "augusto", "simon"):
        with pytest.raises(NotAllowed):
            allow(world, name=name)
    made = allow(world)
    with pytest.raises(NotAllowed):
        end(world, made, today(), "hilda")
    end(world, made, today())
    actions = list(world.session.scalars(sa.select(AuditEvent.action)))
    assert actions.count("issuer.authorised") == 1
    assert actions.count("issuer.authorisation_ended") == 1
    data = world.session.scalars(
        sa.select(AuditEvent.data).where(AuditEvent.action.like("issuer.auth%"))
    )
    assert "canario-fin" not in str(list(data))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"authority": " "}, "authority"),
        ({"number": ""}, "number"),
        ({"covers": frozenset()}, "covers"),
        ({"covers": frozenset({("x", DocumentKind.ATTESTATION)})}, "covers"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until"),
    ],
)
def test_an_incomplete_authorisation_is_refused_at_its_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    closed_road(world)
    whole = {
        "authority": "Autoridad Ficticia",
        "number": "17",
        "starts_on": date(2026, 1, 1),
        "valid_until": None,
        "covers": frozenset({("x", CERTIFICATE)}),
    }
    with pytest.raises(Invalid) as error, unit_of_work(world.session):
        authorise(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            issuer=world.session.scalars(sa.select(Issuer)).one(),
            new=NewAuthorisation(**{**whole, **changes}),  # type: ignore[arg-type]
        )
    assert error.value.field == field


def test_an_authorisation_never_ends_on_a_day_past_or_after_its_last(world: World) -> None:
    closed_road(world)
    day = timedelta(days=1)
    made = allow(world, valid_until=today() + day)
    for on in (today() - day, today() + day * 2):
        with pytest.raises(Invalid):
            end(world, made, on)
    end(world, made, today() + day)
