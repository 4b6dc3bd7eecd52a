"""What came out of a cycle, as data for other programs: one appraisal an item.

Only what was decided is in it; whoever is not decided yet has a state and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.beside_queries import owed_by
from competency.assessments.gaps import gaps
from competency.assessments.history import deciding_judgements, outcomes_of
from competency.assessments.models import Appraisal, Cycle, Judgement
from competency.assessments.nodes import (
    criterion_nodes,
    nodes_by_id,
)
from competency.assessments.rules import DECIDED, SHOWN_TO_SUBJECT, visible_state
from competency.assessments.schema import Node
from competency.assessments.words import state_label
from competency.files.tables.cells import Grid
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Exported:
    """One appraisal of a cycle; without a decision ``node`` is ``None``."""

    appraisal: Appraisal
    subject: Employee
    node: Node | None
    judgements: dict[str, Judgement]


def exported(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> list[Exported]:
    """Return the appraisals of a cycle that the actor oversees, by name.

    Nobody sees their own result here before it is released to them, nor a result that
    they still judge as a second.
    """
    rows = session.execute(
        sa.select(Appraisal, Employee)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            employees_in_scope(actor, actor.today(now), [Role.HR, Role.AUDITOR]),
        )
        .order_by(Employee.sort_key, Employee.id)
    ).all()
    owed = owed_by(session, actor.employee_id, cycle.id)
    decided = [
        a
        for a, _ in rows
        if a.state in DECIDED and a.id not in owed and not _is_kept_back(actor, a)
    ]
    outcomes, judgements = outcomes_of(session, decided), deciding_judgements(session, decided)
    return [
        Exported(a, subject, outcomes.get(a.id), judgements.get(a.id, {})) for a, subject in rows
    ]


def _is_kept_back(actor: Actor, appraisal: Appraisal) -> bool:
    """Return whether a result is the actor's own and not released yet."""
    return appraisal.subject_id == actor.employee_id and appraisal.state not in SHOWN_TO_SUBJECT


def as_data(session: AnySession, cycle: Cycle, rows: Sequence[Exported]) -> dict[str, Any]:
    """Return a cycle as JSON data: levels as codes, what was not judged as ``null``."""
    framework = framework_of(session, cycle.framework_version_id)
    return {
        "cycle": cycle.public_id,
        "title": cycle.title,
        "framework": framework.id,
        "version": framework.version,
        "appraisals": [_item(framework, row) for row in rows],
    }


def _item(framework: Framework, row: Exported) -> dict[str, Any]:
    """Return one appraisal as JSON data."""
    data: dict[str, Any] = {
        "appraisal": row.appraisal.public_id,
        "number": row.subject.employee_number,
        "name": row.subject.printed_name,
        "state": row.appraisal.state.value,
        "scope": row.appraisal.scope,
    }
    if row.node is None:
        return data
    judgements = [row.judgements[c.id] for c in framework.criteria() if c.id in row.judgements]
    return data | {
        "judgements": [
            {
                "criterion": each.criterion_id,
                "level": each.level,
                "excused": each.excused,
                "by": each.kind.value,
                "reason": each.reason,
            }
            for each in judgements
        ],
        "results": {i: node.result for i, node in nodes_by_id(row.node).items()},
        "gaps": [
            {"criterion": gap.criterion_id, "judged": gap.judged, "required": gap.required}
            for gap in gaps(framework, row.node)
        ],
    }


def as_table(session: AnySession, cycle: Cycle, rows: Sequence[Exported]) -> Grid:
    """Return a cycle as lines of a table, one a criterion; headings in the reader's language."""
    framework = framework_of(session, cycle.framework_version_id)
    head = (
        gettext("Employee number"),
        gettext("Name"),
        gettext("State"),
        gettext("Result"),
        gettext("Unit"),
        gettext("Result of the unit"),
        gettext("Criterion"),
        gettext("Level"),
        gettext("Level required"),
        gettext("Reason"),
    )
    return (head, *(line for row in rows for line in _lines(framework, row)))


def _lines(framework: Framework, row: Exported) -> Iterator[tuple[str, ...]]:
    """Yield the lines of one appraisal, or its one line while nothing is decided."""
    state = state_label(visible_state(row.appraisal.state))
    who = (row.subject.employee_number, row.subject.printed_name, state)
    if row.node is None:
        yield (*who, *[""] * 7)
        return
    place, nodes = numbers(framework), nodes_by_id(row.node)
    wanted = {gap.criterion_id: gap.required for gap in gaps(framework, row.node)}
    whole = row.node.result
    for leaf in criterion_nodes(row.node):
        unit, criterion = framework.unit_of(leaf.id), framework.criterion(leaf.id)
        result, judgement = nodes[unit.id].result, row.judgements.get(leaf.id)
        yield (
            *who,
            framework.result_label(whole) if whole else "",
            f"{place[unit.id]} {unit.title}",
            framework.result_label(result, unit) if result else "",
            f"{place[leaf.id]} {criterion.title}",
            framework.level_label(leaf.id, leaf.result) if leaf.result else "",
            framework.level_label(leaf.id, wanted[leaf.id]) if leaf.id in wanted else "",
            (judgement.reason or "") if judgement else "",
        )
