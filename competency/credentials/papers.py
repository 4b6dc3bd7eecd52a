"""From a closed appraisal to the facts of its attestation, and to and from JSON."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.papers import (
    holder_of,
    issuer_of,
    narrowing_of,
    numbered,
    reading_notices,
    source_of,
)
from competency.assessments.queries import Loaded
from competency.assessments.schema import Node
from competency.assessments.session_queries import passed_on
from competency.clock import local_date
from competency.credentials.commission_queries import Commission
from competency.credentials.rules import (
    attested_units,
    is_reached,
    last_day,
    unattested_units,
)
from competency.documents.fonts import prepared
from competency.documents.schema import (
    AttestationFacts,
    CriterionResult,
    Signatory,
    Statutory,
    UnitResult,
)
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import COMPETENT
from competency.people.queries import names_of, position_title
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]

_FACTS = TypeAdapter(AttestationFacts)


def to_data(facts: AttestationFacts) -> dict[str, Any]:
    """Return the facts as JSON data; the logo as base 64."""
    logo = facts.issuer.logo
    bare = dataclasses.replace(facts, issuer=dataclasses.replace(facts.issuer, logo=None))
    data: dict[str, Any] = _FACTS.dump_python(bare, mode="json")
    return {"facts": data, "logo": base64.b64encode(logo).decode() if logo else None}


def from_data(data: dict[str, Any]) -> AttestationFacts:
    """Return the facts that ``to_data`` wrote."""
    facts = _FACTS.validate_python(data["facts"])
    logo = base64.b64decode(data["logo"]) if data["logo"] else None
    return dataclasses.replace(facts, issuer=dataclasses.replace(facts.issuer, logo=logo))


def check_printable(facts: AttestationFacts) -> None:
    """Raise ``Invalid`` for a text that the document can't show as it is.

    Checked before a number is taken: an entry whose document can't be made would stay
    unfinished for ever.
    """
    waiting: list[object] = [to_data(facts)["facts"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            prepared(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _unit(loaded: Loaded, node: Node, tested: Mapping[str, date]) -> UnitResult:
    """Return a competent unit with the levels of its criteria, inner units included."""
    framework, place = loaded.framework, numbers(loaded.framework)
    unit = next(unit for unit in framework.all_units() if unit.id == node.id)
    criteria = tuple(
        CriterionResult(
            numbered(framework.criterion(leaf.id), place),
            framework.level_label(leaf.id, leaf.result),
        )
        for leaf in _leaves(node)
        if leaf.result is not None
    )
    code = " ".join(part for part in (place[unit.id], unit.code) if part)
    label = framework.result_label(node.result or COMPETENT, unit)
    return UnitResult(
        code,
        unit.title,
        label,
        competent=True,
        criteria=criteria,
        test_passed_on=tested.get(unit.id),
    )


def _leaves(node: Node) -> list[Node]:
    """Return the criteria under a node, in order."""
    if node.kind == "criterion":
        return [node]
    return [leaf for child in node.children for leaf in _leaves(child)]


def attestation_facts(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    loaded: Loaded,
    node: Node,
    number: str,
    verification_url: str,
    check_code: str,
    demonstration_key: bool,
    statutory: Statutory | None = None,
    commission: Commission | None = None,
    replaces: str | None = None,
) -> AttestationFacts:
    """Return all that the document of a closed appraisal says, in the holder's language.

    Without ``statutory`` it is an internal attestation; ``replaces`` is the number of an
    earlier document that it takes the place of.
    """
    appraisal, framework = loaded.appraisal, loaded.framework
    words = Words(loaded.subject.document_language)
    zone = loaded.subject.employer.time_zone
    people = (
        (words.gettext("Assessor"), appraisal.lead_id),
        (words.gettext("Reviewer"), appraisal.reviewer_id),
        (words.gettext("Issued by"), actor.employee_id),
    )
    names = names_of(session, [employee for _, employee in people])
    certification = framework.certification
    day, attested = local_date(now, zone), attested_units(framework, node)
    tested = passed_on(session, loaded)
    content_hash = session.scalars(
        sa.select(FrameworkVersion.content_hash).where(
            FrameworkVersion.id == appraisal.framework_version_id
        )
    ).one()
    return AttestationFacts(
        language=loaded.subject.document_language,
        number=number,
        issued_on=day,
        issuer=issuer_of(loaded.subject),
        holder=holder_of(session, loaded.subject, day),
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        framework_hash=content_hash,
        framework_source=source_of(framework),
        overall_label=framework.result_label(str(node.result)) if is_reached(node) else None,
        units=tuple(_unit(loaded, unit, tested) for unit in attested),
        units_in_all=len(attested) + len(unattested_units(framework, node)),
        assessed_from=loaded.cycle.opened_on,
        assessed_to=local_date(appraisal.decided_at or now, zone),
        signatories=tuple(
            Signatory(role, names[employee], position_title(session, employee, day))
            for role, employee in people
            if employee is not None and employee in names
        ),
        verification_url=verification_url,
        check_code=check_code,
        demonstration_key=demonstration_key,
        notices=reading_notices(framework, words),
        scope=narrowing_of(loaded),
        valid_until=last_day(day, certification.valid_months if certification else None),
        statutory=statutory,
        commission=_members(session, commission, day),
        replaces=replaces,
    )


def _members(
    session: AnySession, commission: Commission | None, day: date
) -> tuple[Signatory, ...]:
    """Return who decided in which seat of the commission, in the framework's order."""
    if commission is None:
        return ()
    return tuple(
        Signatory(seat.title, seat.name, position_title(session, seat.employee_id, day))
        for seat in commission.seats
        if seat.employee_id is not None
    )
