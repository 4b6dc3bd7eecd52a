"""From a form to a figure: observing, the legal gate, disputes and corrections."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.evidence_models import EvidenceReplacement
from competency.assessments.models import Evidence, EvidenceLink
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import (
    Conflict,
    IllegalTransition,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
)
from competency.extensions import db
from competency.kpis.importing import reverse_import
from competency.kpis.models import Measurement
from competency.mail.models import MailMessage
from competency.observations import answering, operations
from competency.observations.form_operations import make_form, retire_form
from competency.observations.form_queries import forms, load_form
from competency.observations.lists import Filters, observations, people_to_observe
from competency.observations.models import (
    Observation,
    ObservationForm,
    ObservationMark,
    ObservationScore,
    ObservedDay,
)
from competency.observations.queries import load
from competency.observations.schema import Contact, Item, Mark, Sheet
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.appraisals import publish_shipped
from tests.support.cast import World
from tests.support.client import JSON, sign_in
from tests.support.measurements import bring_in, named, with_source
from tests.support.observations import (
    CRITICAL,
    ITEMS,
    MET,
    PROTOCOL,
    allow,
    begun,
    disallow,
    handed_in,
    made_form,
    measured,
    new_form,
)
from tests.support.races import PATIENCE, somebody_waits, together
from tests.support.register import erase


def take(world: World, step: str, name: str, public_id: str, **more: object) -> None:
    """Take a step about an observation as somebody."""
    with unit_of_work(world.session):
        getattr(answering, step)(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=public_id,
            **{"text": "Porque sí.", **more},
        )


def told(world: World) -> list[tuple[str, int]]:
    """Return the messages about observations: kind and recipient, in their order."""
    world.session.rollback()
    rows = world.session.execute(
        sa.select(MailMessage.kind, MailMessage.employee_id)
        .where(MailMessage.kind.startswith("observation"))
        .order_by(MailMessage.id)
    )
    return [(kind, employee_id) for kind, employee_id in rows]


def reads(world: World, name: str, public_id: str) -> bool:
    """Return whether somebody may read an observation."""
    try:
        load(world.session, actor=world.actor(name), now=clock.now(), public_id=public_id)
    except NotFound:
        return False
    return True


def test_what_is_handed_in_becomes_the_figure_of_its_day_and_evidence_once(world: World) -> None:
    allow(world)
    form = made_form(world)
    first = handed_in(world, form)
    assert measured(world) == [(8000, 8000)]
    handed_in(world, form, {CRITICAL: Mark.NOT_MET})
    handed_in(world, form, {"hacer.escucha": Mark.NOT_APPLICABLE}, days=2)
    assert measured(world) == [(6000, 6000), (12000, 16000)]
    days = world.session.scalars(sa.select(ObservedDay).order_by(ObservedDay.id)).all()
    assert [(d.numerator_before, d.numerator) for d in days] == [
        (None, 8000),
        (8000, 12000),
        (None, 6000),
    ]
    evidence = world.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    assert [one.kind.value for one in evidence] == ["observation"] * 3
    links = world.session.scalars(
        sa.select(EvidenceLink.criterion_id).where(EvidenceLink.evidence_id == evidence[2].id)
    ).all()
    assert sorted(links) == sorted({i.criterion_id for i in ITEMS} - {"hacer.escucha"})
    with pytest.raises(IllegalTransition, match="handed in"), unit_of_work(world.session):
        operations.save(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=first,
            sheet=Sheet(MET, {}),
            edition=1,
        )
    assert verify(world.session) == []


def reverse(world: World, public_id: str | None) -> None:
    """Take an import back as Hilda."""
    with unit_of_work(world.session):
        reverse_import(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=public_id or "",
            reason="De prueba",
        )


def imported_quality(world: World, reached: int) -> str | None:
    """Import a quality score of Aurora's yesterday, of eight points; return the import."""
    now = clock.now()
    day = world.actor("simon").today(now) - timedelta(days=1)
    number = world.employee("aurora").employee_number
    file = named(f"Agent,Date,Reached,Possible\n{number},{day},{reached},8\n")
    return bring_in(world, file, profile=QUALITY, now=now).public_id


QUALITY = """format: 1
source: telephony
shape: wide
person: {column: Agent}
day: Date
fields: {quality-points: {column: Reached}, quality-possible: {column: Possible}}
"""


def test_an_imported_figure_stands_until_its_import_is_reversed(world: World) -> None:
    allow(world)
    with_source(world)
    form = made_form(world)
    first = imported_quality(world, 1)
    second = imported_quality(world, 2)
    handed_in(world, form)
    handed_in(world, form, {CRITICAL: Mark.NOT_MET})
    handed_in(world, form, days=2)
    assert measured(world) == [(8000, 8000), (2000, 8000)]
    reverse(world, second)
    assert measured(world) == [(8000, 8000), (1000, 8000)], "an earlier import stands still"
    reverse(world, first)
    assert measured(world) == [(8000, 8000), (12000, 16000)]
    days = world.session.scalars(sa.select(ObservedDay).order_by(ObservedDay.id)).all()
    assert [(d.numerator_before, d.numerator) for d in days] == [(None, 8000), (None, 12000)]
    handed_in(world, form)
    assert measured(world) == [(8000, 8000), (20000, 24000)]
    assert verify(world.session) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_sheet_handed_in_while_its_days_import_is_reversed_counts(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(world)
    with_source(world)
    form = made_form(world)
    brought = imported_quality(world, 1)
    world.session.rollback()
    scored, reversed_ = threading.Event(), threading.Event()

    def tell_late(*_: object) -> None:
        scored.set()
        while not reversed_.wait(0.01) and not somebody_waits():
            pass

    monkeypatch.setattr(operations, "tell_of_handing_in", tell_late)

    def take_back() -> None:
        assert scored.wait(PATIENCE)
        try:
            reverse(World(db.session), brought)
        finally:
            reversed_.set()

    def hand_in() -> None:
        handed_in(World(db.session), form)

    together(app, [hand_in, take_back])
    assert measured(world) == [(8000, 8000)]


def test_without_a_basis_nobody_is_observed_and_nothing_read(app: Flask, world: World) -> None:
    form = made_form(world)
    with pytest.raises(NotAllowed, match="refused here"):
        begun(world, form)
    allow(world)
    draft, found = begun(world, form), handed_in(world, form)
    disallow(world)
    with pytest.raises(NotAllowed, match="refused here"):
        load(world.session, actor=world.actor("aurora"), now=clock.now(), public_id=found)
    with pytest.raises(NotAllowed, match="refused here"), unit_of_work(world.session):
        operations.hand_in(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=draft,
            sheet=Sheet(MET, {}),
            edition=0,
        )
    simon = world.actor("simon")
    assert observations(world.session, simon, clock.now(), Filters()) == ([], 0)
    assert people_to_observe(world.session, simon, clock.now()).refused == 1
    page = sign_in(app, "simon").get("/observations")
    assert "nothing is recorded that allows them" in page.text
    answer = sign_in(app, "aurora").get(f"/observations/{found}")
    assert answer.status_code == 403
    assert "nothing is recorded that allows" in answer.text


def test_who_observes_and_who_reads(world: World) -> None:
    allow(world)
    form = made_form(world)
    with pytest.raises(NotFound):
        begun(world, form, by="hilda")
    with pytest.raises(NotFound):
        begun(world, form, by="simon", of="bruno")
    with pytest.raises(NotFound):
        begun(world, form, by="simon", of="simon")
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.QUALITY_ANALYST,
        )
    draft = begun(world, form, by="carla")
    assert [name for name in ("simon", "aurora", "hilda") if reads(world, name, draft)] == []
    found = handed_in(world, form, by="carla")
    readers = ("simon", "aurora", "hilda", "carla", "augusto", "bruno", "renata", "ada")
    assert [n for n in readers if reads(world, n, found)] == list(readers[:5])
    for name in readers:
        lines, total = observations(world.session, world.actor(name), clock.now(), Filters())
        expected = {found} if reads(world, name, found) else set()
        expected |= {draft} if name == "carla" else set()
        assert {line.row.public_id for line in lines} == expected, name
        assert total == len(expected)
    with pytest.raises(NotFound), unit_of_work(world.session):
        operations.hand_in(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=draft,
            sheet=Sheet(MET, {}),
            edition=0,
        )


def test_a_dispute_is_answered_by_somebody_else_and_corrects_what_it_became(
    world: World,
) -> None:
    allow(world)
    found = handed_in(world, made_form(world), {"hacer.identificacion": Mark.NOT_MET})
    aurora, simon = world.employee("aurora").id, world.employee("simon").id
    renata, hilda = world.employee("renata").id, world.employee("hilda").id
    with pytest.raises(Invalid, match="Say why"):
        take(world, "dispute", "aurora", found, text=" ")
    with pytest.raises(NotAllowed):
        take(world, "reply", "simon", found)
    with pytest.raises(NotAllowed):
        take(world, "uphold", "hilda", found)
    take(world, "reply", "aurora", found)
    take(world, "dispute", "aurora", found)
    with pytest.raises(IllegalTransition, match="already"):
        take(world, "dispute", "aurora", found)
    with pytest.raises(NotAllowed):
        take(world, "uphold", "simon", found)
    with pytest.raises(Invalid, match="the ones that stand"):
        take(world, "change", "renata", found, marks={**MET, "hacer.identificacion": Mark.NOT_MET})
    take(world, "change", "renata", found, marks=MET)
    assert measured(world) == [(8000, 8000)]
    days = world.session.scalars(sa.select(ObservedDay).order_by(ObservedDay.id)).all()
    assert [(d.score_number, d.numerator_before, d.numerator) for d in days] == [
        (1, None, 5000),
        (2, 5000, 8000),
    ]
    scores = world.session.scalars(
        sa.select(ObservationScore).order_by(ObservationScore.number)
    ).all()
    assert [(s.number, s.reached, s.marks["hacer.identificacion"]) for s in scores] == [
        (1, 5000, "not_met"),
        (2, 8000, "met"),
    ]
    replaced = world.session.scalars(sa.select(EvidenceReplacement)).one()
    assert (replaced.replaced_id, replaced.evidence_id) == (
        scores[0].evidence_id,
        scores[1].evidence_id,
    )
    with pytest.raises(IllegalTransition, match="answered already"):
        take(world, "uphold", "hilda", found)
    sent = told(world)
    assert sent[:2] == [("observation_handed_in", aurora), ("observation_replied", simon)]
    assert sorted(sent[2:4]) == sorted(
        [("observation_disputed", renata), ("observation_disputed", hilda)]
    )
    assert sent[4:] == [
        ("observation_answered", aurora),
        ("observation_dispute_answered", simon),
    ]


def test_a_draft_is_saved_over_the_edition_that_its_page_had(world: World) -> None:
    allow(world)
    draft = begun(world, made_form(world))

    def save(sheet: Sheet, edition: int, step: str = "save") -> None:
        with unit_of_work(world.session):
            getattr(operations, step)(
                world.session,
                actor=world.actor("simon"),
                now=clock.now(),
                public_id=draft,
                sheet=sheet,
                edition=edition,
            )

    save(Sheet({"hacer.escucha": Mark.MET}, {CRITICAL: "nota"}, "todo"), 0)
    with pytest.raises(Conflict):
        save(Sheet({}, {}), 0)
    with pytest.raises(Invalid):
        save(Sheet({"ser": Mark.MET}, {}), 1)
    with pytest.raises(Incomplete) as lacking:
        save(Sheet({"hacer.escucha": Mark.MET}, {}), 1, "hand_in")
    assert lacking.value.missing == ("hacer.identificacion", "hacer.comprension", CRITICAL)
    with pytest.raises(Incomplete, match="no score"):
        save(Sheet(dict.fromkeys(MET, Mark.NOT_APPLICABLE), {}), 1, "hand_in")
    world.session.rollback()
    marks = world.session.scalars(
        sa.select(ObservationMark).order_by(ObservationMark.criterion_id)
    ).all()
    assert [(m.criterion_id, m.mark, m.note) for m in marks] == [
        ("hacer.escucha", Mark.MET, None),
        (CRITICAL, None, "nota"),
    ]
    with unit_of_work(world.session):
        operations.discard(
            world.session, actor=world.actor("simon"), now=clock.now(), public_id=draft
        )
    assert world.session.scalars(sa.select(Observation)).all() == []


def test_a_contact_that_nobody_can_have_watched_is_refused(world: World) -> None:
    allow(world)
    form, session = made_form(world), world.session
    today = world.actor("simon").today(clock.now())
    for contact, field in (
        (Contact(" ", today), "reference"),
        (Contact("x" * 81, today), "reference"),
        (Contact("x", today + timedelta(days=1)), "contact_on"),
        (Contact("x", today.replace(year=2020)), "contact_on"),
        (Contact("线", today), "reference"),
        (Contact("x", today, channel="语音"), "line"),
        (Contact("x", today, line="Sur\u202e"), "line"),
    ):
        with pytest.raises(Invalid) as error, unit_of_work(session):
            operations.begin(
                session,
                actor=world.actor("simon"),
                now=clock.now(),
                employee_public_id=world.employee("aurora").public_id,
                form_public_id=form,
                contact=contact,
            )
        assert error.value.field == field


def test_a_form_is_changed_by_its_next_version_and_retired(world: World) -> None:
    allow(world)
    session, first = world.session, made_form(world)
    draft = begun(world, first)
    row = session.scalars(sa.select(ObservationForm)).one()
    new = new_form(world, row.framework_version_id, items=ITEMS[:2], title="Otra")
    for wrong, field in (
        ({"items": (Item("saber.novedades", 1),)}, "items"),
        ({"items": ()}, "items"),
        ({"channel": "smoke"}, "channel"),
        ({"script_id": "none"}, "script"),
        ({"title": ""}, "title"),
    ):
        with pytest.raises(Invalid) as error:
            made_form(world, version_id=row.framework_version_id, **wrong)
        assert error.value.field == field
    with pytest.raises(NotAllowed), unit_of_work(session):
        make_form(session, actor=world.actor("simon"), now=clock.now(), new=new)
    with unit_of_work(session):
        make_form(session, actor=world.actor("hilda"), now=clock.now(), new=new, of=first)
    with pytest.raises(Conflict), unit_of_work(session):
        make_form(session, actor=world.actor("hilda"), now=clock.now(), new=new, of=first)
    lines = forms(session)
    assert [(line.row.version, line.items, line.ended) for line in lines] == [
        (1, 4, True),
        (2, 2, False),
    ]
    assert len({line.row.series for line in lines}) == 1
    with pytest.raises(Invalid, match="used no more"):
        begun(world, first)
    newest = lines[1].row.public_id
    with unit_of_work(session):
        retire_form(session, actor=world.actor("hilda"), now=clock.now(), public_id=newest)
    with pytest.raises(IllegalTransition, match="already"), unit_of_work(session):
        retire_form(session, actor=world.actor("hilda"), now=clock.now(), public_id=newest)
    assert forms(session, only_current=True) == []
    with unit_of_work(session):
        operations.hand_in(
            session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=draft,
            sheet=Sheet(MET, {}),
            edition=0,
        )
    assert load_form(session, row.id).items == ITEMS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"items": ()}, "items"),
        ({"items": (Item("hacer.escucha", 21),)}, "weight"),
        ({"cap_percent": 100}, "cap_percent"),
    ],
)
def test_each_refusal_of_a_form_stands_for_itself(
    world: World, wrong: dict[str, object], field: str
) -> None:
    version_id = publish_shipped(world, PROTOCOL)
    raised = []
    for _ in range(2):
        with pytest.raises(Invalid) as error:
            made_form(world, version_id=version_id, **wrong)
        raised.append(error.value)
    assert {one.field for one in raised} == {field}
    assert raised[0] is not raised[1]


def test_an_erased_person_leaves_numbers_and_no_words(world: World) -> None:
    allow(world)
    form = made_form(world)
    found, draft = handed_in(world, form), begun(world, form)
    take(world, "dispute", "aurora", found, text="canario-disputa")
    erase(world)
    world.session.rollback()
    row = world.session.scalars(sa.select(Observation).where(Observation.public_id == found)).one()
    assert (row.reference, row.note) == (None, None)
    notes = world.session.scalars(sa.select(ObservationMark.note)).all()
    assert set(notes) == {None}
    assert world.session.scalars(sa.select(Measurement.numerator)).all() == [8000]
    with pytest.raises(IllegalTransition, match="erased"):
        take(world, "uphold", "hilda", found)
    with pytest.raises((IllegalTransition, NotAllowed)), unit_of_work(world.session):
        operations.hand_in(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=draft,
            sheet=Sheet(MET, {}),
            edition=0,
        )


def test_the_pages_do_it_all_without_a_script(app: Flask, world: World) -> None:
    allow(world)
    form = made_form(world)
    simon = sign_in(app, "simon")
    page = simon.get("/observations/new").text
    assert "Monitoreo de voz" in page
    sent = {
        "person": world.employee("aurora").public_id,
        "form": form,
        "reference": "LL-1",
        "contact_on": "",
    }
    assert "Write the day" in simon.post("/observations", sent).text
    sent["contact_on"] = (clock.now().date() - timedelta(days=1)).isoformat()
    there = str(simon.post("/observations", sent).location)
    sheet = simon.get(there).text
    assert "Avoided: yes" in sheet
    assert "primer nombre de quien atiende" in sheet
    marks = {f"mark-{i}": "met" for i in MET}
    answer = simon.post(f"{there}/hand-in", {"edition": "0", "mark-hacer.escucha": "met"})
    assert answer.status_code == 422
    assert answer.text.count('data-missing="answer"') == 3
    saved = simon.post(f"{there}/save", {"edition": "0", **marks}, headers=JSON)
    assert saved.json == {"edition": 1}
    assert simon.post(f"{there}/save", {"edition": "0"}, headers=JSON).status_code == 409
    simon.post(f"{there}/hand-in", {"edition": "1", **marks, f"mark-{CRITICAL}": "not_met"})
    shown = simon.get(there).text
    assert "50\N{NO-BREAK SPACE}%" in shown
    assert "held at 50 in a hundred" in shown
    aurora = sign_in(app, "aurora")
    assert "Critical" in aurora.get(there).text
    aurora.post(f"{there}/dispute", {"text": "No fue así."})
    assert "Disputed" in aurora.get("/observations?state=disputed").text
    hilda = sign_in(app, "hilda")
    assert "Answer the dispute" in hilda.get(there).text
    hilda.post(f"{there}/change", {"text": "Es cierto.", **marks})
    shown = hilda.get(there).text
    assert "100\N{NO-BREAK SPACE}%" in shown
    assert "Earlier scores" in shown
    content = hilda.get("/observations/export.csv").data.decode("utf-8-sig")
    assert "LL-1" in content
    assert content.splitlines()[1].endswith(";8;8")
    assert "LL-1" not in sign_in(app, "bruno").get("/observations/export.csv").text


def test_scores_are_written_in_the_language_of_who_reads_and_in_files_as_ever(
    app: Flask, world: World
) -> None:
    allow(world)
    form = made_form(world)
    found = handed_in(world, form, {"hacer.comprension": Mark.NOT_MET})
    capped = {"hacer.comprension": Mark.NOT_APPLICABLE, CRITICAL: Mark.NOT_MET}
    other = handed_in(world, form, capped)
    hilda = sign_in(app, "hilda")
    for language, mark in (("en", "."), ("it", ",")):
        hilda.post("/language", {"language": language, "next": "/home"})
        assert f"87{mark}5\N{NO-BREAK SPACE}%" in hilda.get("/observations").text
        assert f"87{mark}5\N{NO-BREAK SPACE}%" in hilda.get(f"/observations/{found}").text
        assert f"3{mark}5 " in hilda.get(f"/observations/{other}").text
        content = hilda.get("/observations/export.csv").data.decode("utf-8-sig")
        assert {line.split(";", 10)[-1] for line in content.splitlines()[1:]} == {"7;8", "3.5;7"}
    titles = world.session.scalars(sa.select(Evidence.title).order_by(Evidence.id)).all()
    assert "87,5\N{NO-BREAK SPACE}%" in str(titles[0]), "the person's language is Spanish"
