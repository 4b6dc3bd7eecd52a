"""Calibrations of observations: who marks, who sees what when, and that nothing comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Evidence
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
from competency.mail.models import MailMessage
from competency.observations import calibrating
from competency.observations.calibration_presenters import agreement
from competency.observations.calibration_queries import calibrations, load_calibration
from competency.observations.models import Observation, ObservationCalibrationSheet
from competency.observations.plan_queries import due_lines
from competency.observations.plan_rules import month_of
from competency.observations.schema import Contact, Mark, Sheet
from competency.people.access import grant_role
from competency.people.models import Site
from competency.people.schema import Role, ScopeKind
from tests.support.cast import World
from tests.support.client import JSON, sign_in
from tests.support.observations import (
    CRITICAL,
    MET,
    allow,
    disallow,
    made_form,
    measured,
    opened,
    planned,
)
from tests.support.register import erase


def write(
    world: World,
    name: str,
    public_id: str,
    marks: Mapping[str, Mark] = MET,
    *,
    step: str = "submit_own",
    edition: int = 0,
    note: str = "",
) -> None:
    """Save or hand in somebody's sheet."""
    with unit_of_work(world.session):
        getattr(calibrating, step)(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=public_id,
            sheet=Sheet(dict(marks), {CRITICAL: note} if note else {}, note),
            edition=edition,
        )


def close(world: World, name: str, public_id: str) -> None:
    """Close a calibration."""
    with unit_of_work(world.session):
        calibrating.close_calibration(
            world.session, actor=world.actor(name), now=clock.now(), public_id=public_id
        )


def readers(world: World, public_id: str) -> list[str]:
    """Return who reads a calibration, and that the list says the same."""
    found = []
    for name in ("hilda", "simon", "aurora", "bruno", "renata", "carla", "augusto", "ada"):
        actor, now = world.actor(name), clock.now()
        try:
            load_calibration(world.session, actor=actor, now=now, public_id=public_id)
        except NotFound:
            listed = 0
        else:
            found.append(name)
            listed = 1
        lines, total = calibrations(world.session, actor, now, page=1, page_size=25)
        assert (len(lines), total) == (listed, listed), name
    return found


def shown(world: World, name: str, public_id: str) -> int:
    """Return how many sheets somebody is shown side by side."""
    loaded = load_calibration(
        world.session, actor=world.actor(name), now=clock.now(), public_id=public_id
    )
    return len(loaded.shown)


def test_nobody_sees_anothers_sheet_before_all_have_handed_in(world: World) -> None:
    allow(world)
    found = opened(world, made_form(world))
    write(world, "simon", found, {"hacer.escucha": Mark.NOT_MET}, step="save_own")
    assert readers(world, found) == ["hilda", "simon", "renata"]
    write(world, "simon", found, edition=1)
    assert [shown(world, name, found) for name in ("hilda", "simon", "renata")] == [0, 0, 0]
    write(world, "renata", found, {**MET, "hacer.escucha": Mark.NOT_MET})
    assert readers(world, found) == ["hilda", "simon", "aurora", "renata", "augusto"]
    assert {shown(world, name, found) for name in readers(world, found)} == {2}
    with pytest.raises(IllegalTransition, match="can't be changed"):
        write(world, "simon", found, edition=2)
    assert verify(world.session) == []


def test_pages_before_the_end_hold_no_mark_of_anybody_else(app: Flask, world: World) -> None:
    allow(world)
    found = opened(world, made_form(world))
    write(world, "simon", found, note="canario-simon")
    for name in ("hilda", "simon", "renata"):
        browser = sign_in(app, name)
        page = browser.get(f"/observation-calibrations/{found}").text
        assert "canario-simon" not in page, name
        assert "Side by side" not in page
        assert " checked" not in page
    answer = sign_in(app, "renata").post(
        f"/observation-calibrations/{found}/submit", {"edition": "0"}
    )
    assert answer.status_code == 422
    assert "canario-simon" not in answer.text
    write(world, "renata", found)
    assert "canario-simon" in sign_in(app, "renata").get(f"/observation-calibrations/{found}").text


def test_nothing_of_it_becomes_a_figure_evidence_or_done(world: World) -> None:
    allow(world)
    form = made_form(world)
    planned(world, form)
    found = opened(world, form)
    write(world, "simon", found)
    write(world, "renata", found)
    assert measured(world) == []
    assert world.session.scalars(sa.select(Evidence)).all() == []
    assert world.session.scalars(sa.select(Observation)).all() == []
    simon = world.actor("simon")
    first = month_of(simon.today(clock.now()))
    [line] = due_lines(world.session, simon, clock.now(), first=first)
    assert (line.done, line.due) == (0, 4)


def test_human_resources_close_it_early_and_show_what_was_handed_in(world: World) -> None:
    allow(world)
    found = opened(world, made_form(world))
    write(world, "simon", found)
    write(world, "renata", found, {"hacer.escucha": Mark.MET}, step="save_own")
    with pytest.raises(NotAllowed):
        close(world, "simon", found)
    close(world, "hilda", found)
    assert shown(world, "renata", found) == 1
    with pytest.raises(IllegalTransition, match="closed"):
        write(world, "renata", found, edition=1)
    with pytest.raises(IllegalTransition, match="closed"):
        close(world, "hilda", found)


def test_who_opens_it_and_who_can_be_invited(world: World) -> None:
    allow(world)
    form = made_form(world)
    with pytest.raises(NotAllowed):
        opened(world, form, by="simon")
    with pytest.raises(Invalid, match="their own contact"):
        opened(world, form, of="hilda")
    with pytest.raises(Invalid, match="never the person observed"):
        opened(world, form, of="simon")

    def invite(*names: str, number: str = "e301", day: int = 1) -> None:
        hilda, now = world.actor("hilda"), clock.now()
        with unit_of_work(world.session):
            calibrating.open_calibration(
                world.session,
                actor=hilda,
                now=now,
                new=calibrating.NewCalibration(
                    number,
                    form,
                    Contact("LL-1", hilda.today(now) - timedelta(days=day)),
                    [world.employee(name).public_id for name in names],
                ),
            )

    for names in (("simon",), ("simon", "simon"), ()):
        with pytest.raises(Invalid, match="at least two"):
            invite(*names)
    with pytest.raises(Invalid, match="Supervisors and quality analysts"):
        invite("simon", "carla")
    with pytest.raises(Invalid, match="has the number E999"):
        invite("simon", "renata", number="E999")
    with pytest.raises(Invalid, match="still to come"):
        invite("simon", "renata", day=-1)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.QUALITY_ANALYST,
        )
    invite("simon", "carla")
    told = world.session.execute(
        sa.select(MailMessage.kind, MailMessage.employee_id).where(
            MailMessage.kind == "observation_calibration_opened"
        )
    )
    assert {who for _, who in told} == {world.employee("simon").id, world.employee("carla").id}
    disallow(world)
    with pytest.raises(NotAllowed, match="refused here"):
        invite("simon", "renata")


def test_a_sheet_is_whole_known_and_over_the_edition_of_its_page(world: World) -> None:
    allow(world)
    found = opened(world, made_form(world))
    write(world, "simon", found, {}, step="save_own")
    with pytest.raises(Conflict):
        write(world, "simon", found, step="save_own")
    with pytest.raises(Invalid):
        write(world, "simon", found, {"ser": Mark.MET}, step="save_own", edition=1)
    with pytest.raises(Incomplete):
        write(world, "simon", found, {"hacer.escucha": Mark.MET}, edition=1)
    with pytest.raises(Incomplete, match="no score"):
        write(world, "simon", found, dict.fromkeys(MET, Mark.NOT_APPLICABLE), edition=1)
    with pytest.raises(NotAllowed, match="Only who is invited"):
        write(world, "hilda", found)


def test_human_resources_of_another_site_do_not_learn_who_is_here(world: World) -> None:
    allow(world)
    form = made_form(world)
    with unit_of_work(world.session):
        here = world.session.scalars(sa.select(Site)).one()
        there = Site(employer_id=here.employer_id, name="Lejos", time_zone="America/Santiago")
        world.session.add(there)
        world.session.flush()
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.HR,
            scope_kind=ScopeKind.SITE,
            scope_id=there.id,
        )
    contact = Contact("LL-1", world.actor("carla").today(clock.now()))
    told = []
    for number in ("E301", "E999"):
        new = calibrating.NewCalibration(number, form, contact, [])
        with pytest.raises(Invalid) as error, unit_of_work(world.session):
            calibrating.open_calibration(
                world.session, actor=world.actor("carla"), now=clock.now(), new=new
            )
        told.append((error.value.message, error.value.field))
    assert told[0] == told[1]


def test_erasure_empties_words_and_leaves_marks(world: World) -> None:
    allow(world)
    found = opened(world, made_form(world))
    write(world, "simon", found, note="canario")
    erase(world)
    world.session.rollback()
    rows = world.session.scalars(
        sa.select(ObservationCalibrationSheet).order_by(ObservationCalibrationSheet.id)
    ).all()
    assert {(row.notes is None, row.note) for row in rows} == {(True, None)}
    assert {len(row.marks) for row in rows} == {len(MET), 0}
    with pytest.raises((IllegalTransition, NotFound)):
        write(world, "renata", found)


def test_the_pages_open_mark_and_compare(app: Flask, world: World) -> None:
    allow(world)
    form = made_form(world)
    hilda, simon, renata = (sign_in(app, name) for name in ("hilda", "simon", "renata"))
    assert "No calibration yet" in simon.get("/observation-calibrations").text
    sent: dict[str, object] = {
        "number": "E301",
        "form": form,
        "reference": "LL-42",
        "contact_on": (clock.now().date() - timedelta(days=1)).isoformat(),
        "people": [world.employee("simon").public_id],
    }
    answer = hilda.post("/observation-calibrations", sent)
    assert answer.status_code == 422
    assert "LL-42" in answer.text
    assert answer.text.count(" checked") == 1
    sent["people"] = [world.employee(name).public_id for name in ("simon", "renata")]
    there = str(hilda.post("/observation-calibrations", sent).location)
    assert "Not handed in" in hilda.get(there).text
    assert "Your sheet is waiting" in simon.get("/observation-calibrations").text
    marks = {f"mark-{i}": "met" for i in MET}
    saved = simon.post(f"{there}/save", {"edition": "0", **marks}, headers=JSON)
    assert saved.json == {"edition": 1}
    assert simon.post(f"{there}/save", {"edition": "0"}, headers=JSON).status_code == 409
    simon.post(f"{there}/submit", {"edition": "1", **marks})
    assert "Not handed in" in simon.get(there).text
    renata.post(f"{there}/submit", {"edition": "0", **marks, f"mark-{CRITICAL}": "not_met"})
    page = renata.get(there).text
    assert "Of 4 behaviours all observers marked 3 alike" in page
    assert page.count("Different") == 1
    assert "50\N{NO-BREAK SPACE}%" in page
    assert "Krippendorff" not in page


def test_agreement_is_told_in_plain_words_and_in_coefficients_where_there_is_enough(
    app: Flask,
) -> None:
    first = dict.fromkeys(map(str, range(12)), Mark.MET)
    second = {**first, "0": Mark.NOT_MET, "1": Mark.NOT_APPLICABLE}
    third = {**first, "1": Mark.NOT_APPLICABLE, "2": Mark.NOT_MET}
    with app.test_request_context():
        assert agreement([first]) is None
        two, three = agreement([first, second]), agreement([second, first, third])
        same = agreement([first, first])
    assert two is not None
    assert three is not None
    assert same is not None
    assert "marked 10 alike" in two.plain
    assert "83%" in two.plain
    assert [name for name, _ in two.coefficients] == [
        "Cohen's kappa",
        "Krippendorff's alpha, nominal",
    ]
    assert "marked 9 alike" in three.plain
    assert "83%" in three.plain
    assert [name for name, _ in three.coefficients] == ["Krippendorff's alpha, nominal"]
    assert [value for _, value in same.coefficients] == ["not defined: all marks are the same"] * 2
