"""Every route of the application, tried as everybody of the cast."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from competency import clock
from competency.assessments.evidence import add_evidence
from competency.assessments.evidence_models import FileReading, ReadingState
from competency.assessments.opening_level_file import read_levels
from competency.assessments.opening_level_models import OpeningLevel
from competency.assessments.opening_levels import import_levels
from competency.assessments.schema import State
from competency.assessments.storage import keep_drawn, receive
from competency.audit.operations import exempt
from competency.credentials.issuers import NewAuthorisation, authorise, ensure_issuer
from competency.credentials.models import RegisterEntry
from competency.credentials.operations import attach, completed, take_number
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.files.checking import check_file
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.publishing import publish_value
from competency.frameworks.schema import DocumentKind, EvidenceKind
from competency.kpis.import_drafts import keep_files, name_people
from competency.kpis.import_progress import Tell
from competency.kpis.import_running import Kind, Outcome, Run, StoppedRun, folder_of, start
from competency.kpis.models import SourceAlias
from competency.kpis.threshold_queries import About
from competency.kpis.threshold_rules import ThresholdRule
from competency.kpis.thresholds import NewThreshold, set_threshold
from competency.mail.models import MailMessage
from competency.people.absences import record_absence
from competency.people.access import grant_role
from competency.people.models import Absence, Campaign, Employer, Position, Team
from competency.people.schema import Role
from competency.progression.operations import ActionDetails, add_action
from competency.progression.schema import ActionKind
from competency.resources import FRAMEWORKS
from tests.support.appraisals import Road, open_road
from tests.support.appraisals import publish_shipped as publish_framework
from tests.support.bases import allow, source
from tests.support.beside import act, ask_second, nomination_of
from tests.support.calibrations import calibrated
from tests.support.cast import CAST, SLUG, World
from tests.support.catalogue import public_id_of, publish_shipped
from tests.support.certifications import open_certification
from tests.support.client import sign_in
from tests.support.contests import take_step
from tests.support.doors import COOKIE, cookie_of
from tests.support.keys import signing_key
from tests.support.measurements import HEAD, WIDE, add_source, bring_in, named
from tests.support.observations import allow as allow_observing
from tests.support.observations import disputed, drawn, made_form, mapped, opened, planned
from tests.support.questions import SMALL_BANK, plan_written, publish_bank
from tests.support.requests import asked

NOBODY = "nobody"
FORMS = {
    "assessments.save": {"kind": "lead", "version": "0", "level": "met", "note": ""},
    "assessments.accept_request": {"reason": "", "due_on": "2099-01-01"},
    "assessments.propose": {"number": "none"},
    "assessments.ask_second": {"number": "none"},
    "assessments.decide_finding": {"do": "aside", "reason": "x"},
    "observations.add": {"contact_on": "2026-01-31", "reference": "x"},
    "progression.set_state": {"state": "done", "version": "1"},
}
"""What is sent where an empty form is refused before anybody is asked who they are."""
EVERYBODY = (NOBODY, *CAST)
MISSING = "0" * 20
PLAIN = {"criterion_id", "gate_id", "kind", "kpi", "position", "number"}
"""Words of an address that name no row."""
TESTED = "addetto-gestione-operativa-assistenza-clienti"
"""A framework whose units have a practical test."""


@dataclass(frozen=True)
class Scene:
    """Aurora's appraisal in one state, with all that hangs on it, and who can ask.

    Ada is asked for a second judgement; Bruno is proposed as a peer and not asked yet.

    The planned sessions are of Bruno's certification, which Ada assesses and examines: a
    practical test, and a knowledge test with questions.
    """

    app: Flask
    values: dict[str, dict[str, str]]
    """What fills a rule's placeholders, by the first word of its path."""

    def rules(self) -> Iterator[tuple[Rule, str]]:
        """Yield every rule with each of its methods, files of the pages left out."""
        for rule in self.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if not rule.endpoint.endswith("static"):
                    yield rule, method

    def path(self, rule: Rule, *, missing: bool = False) -> str:
        """Return the rule's address for Aurora's things, or for things that don't exist."""
        known = self.values.get(rule.rule.split("/")[1], {})
        filled = {
            name: MISSING if missing and name not in PLAIN else known[name]
            for name in rule.arguments
        }
        with self.app.test_request_context():
            return str(self.app.url_map.bind("").build(rule.endpoint, filled))


def _away(world: World) -> str:
    """Enter a leave of Aurora's; return its public id."""
    with unit_of_work(world.session):
        day = clock.now().date() + timedelta(days=200)
        record_absence(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("aurora"),
            starts_on=day,
            last_on=day,
        )
        return world.session.scalars(sa.select(Absence.public_id)).one()


def scene(app: Flask, world: World, state: State) -> Scene:
    """Bring Aurora's appraisal to ``state``, with evidence, a plan and a document if possible."""
    asked_for = asked(world)
    road = open_road(world, peers=3)
    act(road, "propose_peer", "aurora", number=CAST["bruno"][0])
    ask_second(road, "ada")
    publish_shipped(world)
    tested = publish_framework(world, TESTED)
    evidence = _file_added(app, world)
    if state is State.CONTESTED:
        road.to(State.RELEASED)
        take_step(road, "contest", "aurora", statement="No es así.", criteria=["ac1.cd1"])
    elif state is not State.OPEN:
        road.to(state)
    decided = {State.APPROVED, State.RELEASED, State.CONTESTED}
    action = _planned(world, road) if state in decided else MISSING
    entry, token = MISSING, MISSING
    if state is State.CLOSED:
        action = _planned(world, road)
        entry, token = _issued(world, road)
    session = world.session
    version = session.get_one(FrameworkVersion, tested).public_id
    campaign = session.scalars(sa.select(Campaign.public_id)).first() or MISSING
    with unit_of_work(session):
        grant = grant_role(
            session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("aurora"),
            role=Role.ASSESSOR,
        ).public_id
    certification = open_certification(world, subject="bruno", assessor="ada")
    bank = publish_bank(world, SMALL_BANK)
    measuring = source(world, "surveys")
    basis_id = allow(world, measuring).public_id
    allow_observing(world)
    form = made_form(world)
    plan_id = planned(world, form).public_id
    values = {
        "appraisals": {
            "public_id": road.public_id,
            "criterion_id": "ac1.cd1",
            "kpi": "none",
            "gate_id": "board",
            "nomination_id": nomination_of(world, "bruno").public_id,
            "person_id": world.employee("ada").public_id,
            "action_id": action,
            "entry_id": entry,
        },
        "people": {
            "public_id": world.employee("aurora").public_id,
            "campaign_id": campaign,
            "absence_id": _away(world),
            "level_id": _imported(world),
        },
        "organisation": {
            "kind": "teams",
            "place_id": session.scalars(sa.select(Team.public_id)).one(),
            "team_id": session.scalars(sa.select(Team.public_id)).one(),
            "employer_id": world.employee("aurora").employer.public_id,
            "position_id": session.scalars(sa.select(Position.public_id)).one(),
        },
        "accounts": {
            "public_id": world.employee("aurora").public_id,
            "grant_id": grant,
        },
        "evidence": {"public_id": evidence, "position": "1", "number": "1"},
        "calibrations": {
            "public_id": calibrated(world, road),
            "appraisal_id": road.public_id,
            "criterion_id": "ac1.cd1",
        },
        "cycles": {"public_id": road.cycle_id},
        "frameworks": {"public_id": version, "other_id": version, "unit_id": "uc1"},
        "outcomes": {"framework": version},
        "files": {"public_id": _translated(world)},
        "positions": {
            "public_id": public_id_of(world, "positions"),
            "position_id": "order-operator",
        },
        "credentials": {"public_id": entry},
        "requests": {"public_id": asked_for},
        "mailbox": {"public_id": _told(world)},
        "issuers": {
            "public_id": session.scalars(sa.select(Employer.public_id)).one(),
            "authorisation_id": _authorised(world),
        },
        "verify": {"token": token},
        "sessions": {"public_id": certification.plan(examiners=("ada",))},
        "question-banks": {"public_id": bank},
        "kpis": {
            **_measured(world),
            "source_id": measuring.public_id,
            "employer_id": session.scalars(sa.select(Employer.public_id)).one(),
            "basis_id": basis_id,
            "threshold_id": _threshold(world),
        },
        "observation-calibrations": {"calibration_id": opened(world, form)},
        "contact-draws": {"draw_id": drawn(world, form)},
        "observation-plans": {"plan_id": plan_id},
        "observation-forms": {"public_id": form},
        "behaviour-mappings": {"public_id": mapped(world)},
        "observations": {"public_id": disputed(world, form)},
        "written-tests": {"public_id": plan_written(certification, bank, examiners=("ada",))},
    }
    session.rollback()
    return Scene(app, values)


def _threshold(world: World) -> str:
    """Set a target of an indicator as HR; return its id."""
    with unit_of_work(world.session):
        return set_threshold(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            new=NewThreshold(
                About("complaints"),
                ThresholdRule(target="<= 0.02"),
                "Contrato",
                clock.now().date() + timedelta(days=2),
            ),
        ).public_id


def _measured(world: World) -> dict[str, str]:
    """Import measurements, keep others to be imported and name somebody; return their ids."""
    session, now, hilda = world.session, clock.now(), world.actor("hilda")
    source = add_source(world)
    done = bring_in(world, named(HEAD + "E301,2026-03-02,20,1:40:00\n"))
    with unit_of_work(session):
        draft = keep_files(session, actor=hilda, now=now, files=[named(HEAD)], profile=WIDE)
        people: dict[str, str | None] = {"a.ficticia": CAST["aurora"][0]}
        name_people(session, actor=hilda, now=now, source=session.merge(source), named=people)
        alias = session.scalars(sa.select(SourceAlias.public_id)).one()
        run = folder_of(current_app.extensions["competency"].data_folder, draft.public_id)
        start(_app(), run, Run(Kind.CHECK, hilda.account_id), _stopped).join()
        return {
            "import_id": done.public_id or MISSING,
            "draft_id": draft.public_id,
            "alias_id": alias,
        }


def _app() -> Flask:
    """Return the application itself."""
    return current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way


def _stopped(_tell: Tell) -> Outcome:
    """End a run at once, as by who began it."""
    raise StoppedRun


def _authorised(world: World) -> str:
    """Record an authorisation of the employer, which has an issuer then; return its id."""
    session, now = world.session, clock.now()
    with unit_of_work(session):
        employer = session.scalars(sa.select(Employer)).one()
        issuer = ensure_issuer(
            session, actor=world.system(), now=now, employer=employer, prefix="CDP"
        )
        return authorise(
            session,
            actor=world.actor("ada"),
            now=now,
            issuer=issuer,
            new=NewAuthorisation(
                "Autoridad Ficticia",
                "RES-17",
                now.date() - timedelta(days=3),
                None,
                frozenset({("another-standard", DocumentKind.CERTIFICATE)}),
            ),
        ).public_id


def _imported(world: World) -> str:
    """Import a level of Aurora's; return its id."""
    file = read_levels(
        f"number,framework,part,level,since,source\nE301,{SLUG},ac1,competent,2025-01-31,x".encode()
    )
    with unit_of_work(world.session):
        import_levels(world.session, actor=world.actor("hilda"), now=clock.now(), lines=file.lines)
    return world.session.scalars(sa.select(OpeningLevel.public_id)).one()


def _translated(world: World) -> str:
    """Publish a translation; return its id."""
    path = FRAMEWORKS / SLUG / "1.0.0.it.yaml"
    value = check_file(path).value
    assert value is not None
    with unit_of_work(world.session):
        return publish_value(
            world.session,
            actor=world.system(),
            now=clock.now(),
            value=value,
            source_text=path.read_text(encoding="utf-8"),
        ).public_id


def _told(world: World) -> str:
    """Return the id of a message to Aurora, which the appraisal's steps left."""
    query = sa.select(MailMessage.public_id).where(
        MailMessage.employee_id == world.employee("aurora").id
    )
    return world.session.scalars(query.order_by(MailMessage.id)).first() or MISSING


def _file_added(app: Flask, world: World) -> str:
    """Add a file as evidence, as the supervisor; return its id."""
    upload = receive(
        io.BytesIO(b"turnos asignados"),
        "turnos.txt",
        folder=app.extensions["competency"].data_folder,
        maximum=100,
    )
    with unit_of_work(world.session):
        evidence = add_evidence(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PRODUCT,
            title="Turnos",
            text="",
            happened_on=clock.now().date() - timedelta(days=2),
            links=[(SLUG, "ac1.cd3")],
            upload=upload,
        )
        drawn = keep_drawn(app.extensions["competency"].data_folder, b"a picture of it")
        exempt(world.session, "a test has a picture drawn of a text, which has none")
        world.session.execute(
            sa.update(FileReading).values(state=ReadingState.READ, previews=[drawn])
        )
        return evidence.public_id


def _planned(world: World, road: Road) -> str:
    """Add an action to the plan as the supervisor; return its id."""
    with unit_of_work(world.session):
        action = add_action(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            appraisal_public_id=road.public_id,
            details=ActionDetails(
                criteria=("ac2.cd4",),
                kind=ActionKind.COACHING,
                text="Analizar los indicadores.",
                owner_id=world.employee("aurora").id,
                due_on=clock.now().date(),
            ),
        )
        return action.public_id


def _issued(world: World, road: Road) -> tuple[str, str]:
    """Issue the attestation as the certifier; return the entry's id and token."""
    session, now = world.session, clock.now()
    with unit_of_work(session):
        employer = session.scalars(sa.select(Employer)).one()
        ensure_issuer(session, actor=world.system(), now=now, employer=employer, prefix="CDP")
    with unit_of_work(session):
        entry = take_number(
            session,
            actor=world.actor("carla"),
            now=now,
            appraisal_public_id=road.public_id,
            public_url="http://localhost",
            key=signing_key(),
        )
        entry_id, facts = entry.public_id, entry.facts
    content = completed(facts, key=signing_key(), now=now)
    with unit_of_work(session):
        attach(
            session,
            actor=world.actor("carla"),
            now=now,
            entry_public_id=entry_id,
            content=content,
        )
    token = session.scalars(sa.select(RegisterEntry.token)).one()
    session.rollback()
    return entry_id, token


def answers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, missing: bool = False
) -> Iterator[tuple[str, str, str, TestResponse]]:
    """Ask every route as everybody; nothing that is written stays.

    Yields endpoint, method, who and the answer. POSTs carry an empty form: whoever may
    is told what is missing, and whoever may not is refused before.
    """
    cookies = {name: f"{COOKIE}={cookie_of(sign_in(scene.app, name))}" for name in CAST}
    client = scene.app.test_client(use_cookies=False)
    with monkeypatch.context() as patched:
        patched.setattr(db.session, "commit", db.session.rollback)
        for rule, method in scene.rules():
            if missing and not rule.arguments:
                continue
            path = scene.path(rule, missing=missing)
            form = FORMS.get(rule.endpoint) if method == "POST" else None
            for who in EVERYBODY:
                headers = {"Cookie": cookies.get(who, "")}
                answer = Context().run(
                    client.open, path, method=method, headers=headers, data=form, buffered=True
                )
                yield rule.endpoint, method, who, answer
                db.session.rollback()


def verdict(answer: TestResponse) -> str:
    """Return ``in``, ``refused``, ``hidden`` or ``door`` (sent to sign in)."""
    if answer.status_code == 302 and "/sign-in" in (answer.location or ""):
        return "door"
    return {403: "refused", 404: "hidden"}.get(answer.status_code, "in")
