"""The page where human resources try judgements against a framework, draft or published."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.gates import approvals_asked
from competency.assessments.presenters import Choice, choices, level_label
from competency.assessments.result_presenters import Basis, Result, result
from competency.assessments.trying import EXCUSED, Trial, tried
from competency.errors import Invalid
from competency.extensions import db
from competency.files.faults import refuses
from competency.files.reader import read
from competency.frameworks.numbering import numbers
from competency.frameworks.publishing import check_for_publishing
from competency.frameworks.queries import framework_of, version_by_public_id
from competency.frameworks.schema import BELOW, Framework, Unit
from competency.people.schema import Role
from competency.web.permission import access, actor
from competency.web.transaction import stages

TEXT_MAXIMUM = 300_000
"""Bytes of a draft that a page can carry; larger ones are tried on the command line."""
CRITERIA_MAXIMUM = 500
"""Criteria of a framework that a page can ask for at once."""


@dataclass(frozen=True)
class Asked:
    """One criterion of the form, with what is chosen."""

    id: str
    number: str
    title: str
    choices: tuple[Choice, ...]
    chosen: str
    is_in_scope: bool


@dataclass(frozen=True)
class Gained:
    """A gap in words."""

    number: str
    title: str
    required: str


@blueprint.get("/outcomes/try/<framework>")
@access(Role.HR, over_all=True)
def try_published(framework: str) -> ResponseReturnValue:
    """Offer the criteria of a published framework to be judged for trial."""
    row = version_by_public_id(db.session, framework)
    return _page(framework_of(db.session, row.id), published=framework, text="")


@blueprint.post("/outcomes/try")
@access(Role.HR, over_all=True)
@stages
def try_judgements() -> ResponseReturnValue:
    """Show what the chosen levels would come to; nothing is stored."""
    published, text = request.form.get("framework", ""), request.form.get("text", "")
    if published:
        row = version_by_public_id(db.session, published)
        return _page(framework_of(db.session, row.id), published=published, text="")
    return _page(_draft(text.replace("\r\n", "\n")), published="", text=text)


def _draft(text: str) -> Framework:
    """Return the framework of a draft; raise ``Invalid`` where it is not one that is sound."""
    content = text.encode("utf-8")
    if len(content) > TEXT_MAXIMUM:
        raise Invalid("This file is too large for a page. Use “competency outcome try”.")
    checked = check_for_publishing(db.session, read(content, "file.yaml"))
    if refuses(checked.faults) or not isinstance(checked.value, Framework):
        raise Invalid("Only a framework without faults can be tried: check the file first.")
    return checked.value


def _page(framework: Framework, *, published: str, text: str) -> str:
    """Return the form with what is chosen, and what it comes to where anything is."""
    if len(framework.criteria()) > CRITERIA_MAXIMUM:
        raise Invalid("This file is too large for a page. Use “competency outcome try”.")
    answers = _answers(framework)
    scope_id = request.form.get("scope") or None
    if scope_id not in {scope.id for scope in framework.scopes}:
        scope_id = None
    gates = approvals_asked(framework)
    given = frozenset(request.form.getlist("approved")) & {str(gate.id) for gate in gates}
    shown: Result | None = None
    gained: list[Gained] = []
    kept = None
    if scope_id is not None:
        kept = framework.criteria_of_scope(framework.scope(scope_id))
    if answers:
        today = actor().today(clock.now())
        found = tried(framework, Trial(answers, scope_id, given, today))
        shown = result(framework, kept, found.node, Basis({}, {}, {}))
        place = numbers(framework)
        gained = [
            Gained(
                place[gap.criterion_id],
                framework.criterion(gap.criterion_id).title,
                level_label(framework, gap.criterion_id, gap.required),
            )
            for gap in found.gaps
        ]
    return render_template(
        "assessments/try.html",
        framework=framework,
        published=published,
        text=text,
        units=[
            (unit, numbers(framework)[unit.id], _asked(framework, unit, answers, kept))
            for unit in framework.all_units()
            if unit.criteria
        ],
        gates=gates,
        given=given,
        scope_id=scope_id,
        result=shown,
        gained=gained,
        excused=EXCUSED,
    )


def _answers(framework: Framework) -> dict[str, str]:
    """Return the levels that the form chooses; what can't be awarded is passed over."""
    found = {c.id: request.form.get(f"level-{c.id}", "") for c in framework.criteria()}
    return {
        i: level
        for i, level in found.items()
        if level and level in (EXCUSED, BELOW, *framework.awardable(i))
    }


def _asked(
    framework: Framework, unit: Unit, answers: dict[str, str], kept: frozenset[str] | None
) -> tuple[Asked, ...]:
    """Return the criteria of one unit as the form asks for them."""
    place = numbers(framework)
    return tuple(
        Asked(
            c.id,
            place[c.id],
            c.title,
            choices(framework, c),
            answers.get(c.id, ""),
            kept is None or c.id in kept,
        )
        for c in unit.criteria
    )
