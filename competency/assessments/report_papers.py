"""From a decided appraisal to the facts of its report, in the holder's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence import evidence_facts, frozen_with_hashes
from competency.assessments.evidence_wording import asked_evidence
from competency.assessments.finding_papers import report_findings
from competency.assessments.history import steps_with_names
from competency.assessments.models import AppraisalStep, Evidence
from competency.assessments.nodes import shown_scope
from competency.assessments.papers import (
    holder_of,
    issuer_of,
    narrowing_of,
    numbered,
    reading_notices,
)
from competency.assessments.permissions import can_read_evidence, can_read_report
from competency.assessments.presenters import ShownAnswer, narrowed
from competency.assessments.quarantine import quarantined
from competency.assessments.queries import Loaded, load, unconfirmed_version
from competency.assessments.result_presenters import (
    Basis,
    CriterionResult,
    UnitResult,
    answers_by,
    result,
)
from competency.assessments.result_queries import current_outcome, readable_judgements
from competency.assessments.rules import sufficiency
from competency.assessments.schema import AssessorKind, State
from competency.assessments.session_queries import passed_on
from competency.assessments.words import action_label
from competency.clock import local_date
from competency.documents.report_schema import (
    AfterDelivery,
    EvidenceLine,
    Given,
    ReportCriterion,
    ReportFacts,
    ReportFinding,
    ReportUnit,
)
from competency.documents.schema import Signatory
from competency.errors import NotFound
from competency.frameworks.numbering import numbers
from competency.frameworks.rule_words import evidence_kind_label
from competency.people.queries import names_of
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]

AFTER_DELIVERY = frozenset({State.RELEASED, State.CONTESTED})
"""The states that the steps after the delivery lead on from."""


@dataclass(frozen=True)
class _Relied:
    """The evidence of a report by criterion id, and what of it the reader may know."""

    frozen: Mapping[str, Sequence[tuple[Evidence, str]]]
    names: Mapping[int, str]
    is_readable: bool
    as_of: date
    aside: frozenset[int] = frozenset()
    """The ids of what human resources set aside, of which only kind and day are told."""
    findings: Mapping[str, tuple[ReportFinding, ...]] = field(default_factory=dict)
    """What indicators said at the submission."""


def report_facts(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[Loaded, ReportFacts]:
    """Return a decided appraisal with the facts of its report.

    ``NotFound`` where the actor doesn't read the result, or nothing is decided yet.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id)
    if not can_read_report(actor, loaded.facts, loaded.standing):
        raise NotFound
    with force_locale(loaded.subject.document_language):
        return loaded, _facts(session, actor, now, loaded)


def _facts(session: AnySession, actor: Actor, now: datetime, loaded: Loaded) -> ReportFacts:
    """Return the facts, worded in the language that is set."""
    appraisal, framework, subject = loaded.appraisal, loaded.framework, loaded.subject
    zone = subject.employer.time_zone
    standing, _rows = readable_judgements(session, actor, loaded)
    node = current_outcome(session, loaded, standing, unconfirmed_version(session, loaded), now=now)
    shown = result(framework, loaded.scope, node, Basis(standing, {}, {}))
    relied = replace(
        _relied(session, actor, loaded),
        findings=report_findings(session, loaded, answers_by(standing, AssessorKind.LEAD)),
    )
    tested = passed_on(session, loaded)
    names = names_of(session, [appraisal.lead_id, appraisal.reviewer_id])
    assessor, reviewer = names.get(appraisal.lead_id, ""), names.get(appraisal.reviewer_id or 0)
    left_out = narrowed(framework, loaded.appraisal.scope_id, shown_scope(loaded.scope, node))
    signing = [(gettext("Employee"), subject.printed_name), (gettext("Assessor"), assessor)]
    if reviewer:
        signing.append((gettext("Reviewer"), reviewer))
    return ReportFacts(
        language=subject.document_language,
        reference=appraisal.public_id,
        made_on=local_date(now, zone),
        issuer=issuer_of(subject),
        holder=holder_of(session, subject, local_date(appraisal.decided_at or now, zone)),
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        cycle_title=loaded.cycle.title,
        assessor=assessor,
        reviewer=reviewer,
        days=tuple(_days(loaded, zone)),
        result_label=shown.label or None,
        why=shown.lines,
        units=tuple(_unit(loaded, unit, relied, tested) for unit in shown.units),
        answers=_answers(steps_with_names(session, appraisal), loaded, zone),
        signatories=tuple(Signatory(role, name) for role, name in signing),
        notices=reading_notices(framework, Words(subject.document_language)),
        scope=narrowing_of(loaded),
        left_out=tuple(f"{n} {title}" for n, title in left_out.left_out) if left_out else (),
    )


def _days(loaded: Loaded, zone: str) -> Iterator[tuple[str, date]]:
    """Yield what happened when, at the subject's place of work."""
    appraisal = loaded.appraisal
    yield gettext("Opened on"), loaded.cycle.opened_on
    for name, instant in (
        (gettext("Submitted on"), appraisal.submitted_at),
        (gettext("Decided on"), appraisal.decided_at),
        (gettext("Delivered on"), appraisal.released_at),
        (gettext("Closed on"), appraisal.closed_at),
    ):
        if instant is not None:
            yield name, local_date(instant, zone)


def _relied(session: AnySession, actor: Actor, loaded: Loaded) -> _Relied:
    """Return what the submission relied on; who can't read evidence learns kind and day."""
    frozen = frozen_with_hashes(session, loaded.appraisal)
    facts = loaded.facts
    assigned = actor.employee_id in {facts.lead_id, facts.reviewer_id}
    is_readable = can_read_evidence(actor, loaded.standing, assigned=assigned)
    recorders = {evidence.added_by_id for found in frozen.values() for evidence, _ in found}
    return _Relied(
        frozen,
        names_of(session, recorders) if is_readable else {},
        is_readable,
        local_date(
            loaded.appraisal.submitted_at or loaded.cycle.made_at,
            loaded.subject.employer.time_zone,
        ),
        quarantined(session, {e.id for found in frozen.values() for e, _ in found}),
    )


def _unit(
    loaded: Loaded, unit: UnitResult, relied: _Relied, tested: Mapping[str, date]
) -> ReportUnit:
    """Return one unit with its criteria, and the day on which its practical test was passed."""
    framework = loaded.framework
    own = next(one for one in framework.all_units() if one.id == unit.id)
    return ReportUnit(
        numbered(own, numbers(framework)),
        unit.label or None,
        (*unit.lines, *_test_line(tested.get(own.id), loaded.subject.document_language)),
        tuple(_criterion(loaded, one, relied) for one in unit.criteria),
    )


def _test_line(day: date | None, language: str) -> tuple[str, ...]:
    """Return that a unit's practical test was passed on a day, where it was."""
    words = Words(language)
    if day is None:
        return ()
    return (words.gettext("Practical test passed on %(day)s", day=words.date(day)),)


def _criterion(loaded: Loaded, shown: CriterionResult, relied: _Relied) -> ReportCriterion:
    """Return one criterion: what decided it, what that rests on, and what is missing."""
    found = relied.frozen.get(shown.id, ())
    rule = loaded.framework.criterion(shown.id).evidence
    enough = sufficiency(rule, evidence_facts([one for one, _ in found]), relied.as_of)
    return ReportCriterion(
        title=f"{shown.number} {shown.title}",
        decided=_given(shown.review or shown.lead),
        why=shown.lines,
        before_review=_given(shown.lead) if shown.review else None,
        own=_given(shown.own),
        evidence=tuple(_evidence(one, digest, relied) for one, digest in found),
        falls_short=asked_evidence(rule, enough) if rule and not enough.suffices else (),
        findings=relied.findings.get(shown.id, ()),
    )


def _given(answer: ShownAnswer | None) -> Given | None:
    """Return an answer as the report prints it."""
    return None if answer is None else Given(answer.label, answer.note or None)


def _evidence(evidence: Evidence, digest: str, relied: _Relied) -> EvidenceLine:
    """Return one piece of evidence as the reader may know it."""
    is_readable = relied.is_readable and evidence.id not in relied.aside
    return EvidenceLine(
        evidence_kind_label(evidence.kind),
        evidence.title if is_readable else None,
        evidence.happened_on,
        relied.names.get(evidence.added_by_id) if is_readable else None,
        digest,
    )


def _answers(
    steps: Sequence[tuple[AppraisalStep, str | None]], loaded: Loaded, zone: str
) -> tuple[AfterDelivery, ...]:
    """Return what the employee answered in this round, and what came of it."""
    return tuple(
        AfterDelivery(
            action_label(step.action), local_date(step.taken_at, zone), name, step.comment or None
        )
        for step, name in steps
        if step.source in AFTER_DELIVERY and step.round == loaded.appraisal.round
    )
