"""What the submission of a certification confirms: evidence item by item, and shortfalls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import (
    EvidenceConfirmation,
    ShortfallAcceptance,
    ShortfallReason,
)
from competency.assessments.evidence_access import IS_QUARANTINED
from competency.assessments.evidence_models import EvidenceDoubt
from competency.assessments.models import Appraisal, Evidence, FrozenEvidence
from competency.assessments.schema import Confirmations, Doubt, Point
from competency.errors import Incomplete, Invalid

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 4000


def relied_on_only(
    found: Mapping[str, Sequence[Evidence]], confirmations: Confirmations
) -> dict[str, list[Evidence]]:
    """Return of each criterion the evidence that the assessor relies on.

    Raises ``Incomplete`` while it is not said of each piece whether they do.
    """
    said = confirmations.relied_on
    pieces = {evidence.public_id for pieces in found.values() for evidence in pieces}
    open_ones = [i for i, pieces in found.items() if any(e.public_id not in said for e in pieces)]
    if open_ones:
        raise Incomplete(
            "Say of each piece of evidence whether you rely on it: %(count)s left.",
            open_ones,
            count=len(pieces - said.keys()),
        )
    undoubted = pieces - {i for i in pieces if not said[i]} - confirmations.doubts.keys()
    silent = pieces - undoubted - confirmations.doubts.keys()
    if silent:
        raise Incomplete(
            "Say of each piece that you don't rely on what is not so, and why: %(count)s left.",
            [i for i, pieces in found.items() if any(e.public_id in silent for e in pieces)],
            count=len(silent),
        )
    return _only(found, undoubted)


def without_doubted(
    found: Mapping[str, Sequence[Evidence]], confirmations: Confirmations
) -> dict[str, list[Evidence]]:
    """Return of each criterion the evidence that nothing is said against, in an appraisal."""
    pieces = {evidence.public_id for pieces in found.values() for evidence in pieces}
    return _only(found, pieces - confirmations.doubts.keys())


def _only(
    found: Mapping[str, Sequence[Evidence]], kept: Collection[str]
) -> dict[str, list[Evidence]]:
    """Return the kept pieces of each criterion, without criteria that have none."""
    left = {i: [e for e in pieces if e.public_id in kept] for i, pieces in found.items()}
    return {i: pieces for i, pieces in left.items() if pieces}


def check_doubts(confirmations: Confirmations) -> None:
    """Raise ``Invalid`` unless each doubt says what is not so, and why."""
    for doubt in confirmations.doubts.values():
        if not doubt.points or not doubt.reason.strip():
            raise Invalid(
                "Where you don't rely on a piece of evidence, say which of the four points "
                "does not hold, and why.",
                "doubt",
            )
        if len(doubt.reason) > REASON_MAXIMUM:
            raise Invalid("A reason can have at most 4,000 characters.", "doubt")


def write_doubts(
    session: AnySession,
    appraisal: Appraisal,
    found: Mapping[str, Sequence[Evidence]],
    confirmations: Confirmations,
) -> None:
    """Append which of the linked evidence was not relied on with this turn, and why."""
    pieces = {e.public_id: e.id for pieces in found.values() for e in pieces}
    session.add_all(
        EvidenceDoubt(
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            round=appraisal.round,
            turn=appraisal.turn,
            evidence_id=pieces[i],
            points=[point.value for point in Point if point in doubt.points],
            reason=doubt.reason.strip(),
        )
        for i, doubt in confirmations.doubts.items()
        if i in pieces
    )
    session.flush()


@dataclass(frozen=True)
class Remarks:
    """What is to be said beside the evidence of a submission.

    ``doubts`` is what it did not rely on, and why; ``aside`` the ids of evidence that human
    resources have set aside, whether it was relied on or not.
    """

    doubts: tuple[tuple[Evidence, Doubt], ...]
    aside: frozenset[int]

    def relied_on(self, frozen: Mapping[str, Sequence[Evidence]]) -> int:
        """Return how many pieces that were relied on are set aside."""
        return len({e.id for found in frozen.values() for e in found} & self.aside)


def remarks_of(session: AnySession, appraisal: Appraisal) -> Remarks:
    """Return the remarks on the last submission of this round; one query."""
    of_doubt, of_frozen = (
        sa.and_(
            table.appraisal_id == appraisal.id,
            table.round == appraisal.round,
            table.turn == appraisal.turn,
        )
        for table in (EvidenceDoubt, FrozenEvidence)
    )
    frozen = sa.select(FrozenEvidence.evidence_id).where(of_frozen)
    rows = session.execute(
        sa.select(Evidence, EvidenceDoubt, IS_QUARANTINED.label("is_aside"))
        .outerjoin(EvidenceDoubt, (EvidenceDoubt.evidence_id == Evidence.id) & of_doubt)
        .where(
            Evidence.subject_id == appraisal.subject_id,
            EvidenceDoubt.id.is_not(None) | (Evidence.id.in_(frozen) & IS_QUARANTINED),
        )
        .order_by(Evidence.id)
    ).all()
    doubts = tuple(
        (evidence, Doubt(tuple(Point(p) for p in doubt.points), doubt.reason or ""))
        for evidence, doubt, _aside in rows
        if doubt is not None
    )
    return Remarks(doubts, frozenset(evidence.id for evidence, _, aside in rows if aside))


def check_shortfalls(short: Iterable[str], confirmations: Confirmations) -> None:
    """Raise ``Incomplete`` with the criteria and units whose shortfall is not explained."""
    silent = [i for i in short if not confirmations.shortfalls.get(i, "").strip()]
    if silent:
        raise Incomplete(
            "Say where there is less evidence than is asked for why that suffices:"
            " %(count)s without a reason.",
            silent,
            count=len(silent),
        )
    if any(len(reason) > REASON_MAXIMUM for reason in confirmations.shortfalls.values()):
        raise Invalid("A reason can have at most 4,000 characters.", "shortfall")


def write_confirmations(
    session: AnySession,
    appraisal: Appraisal,
    relied_on: Mapping[str, Sequence[Evidence]],
    short: Iterable[str],
    confirmations: Confirmations,
    now: datetime,
) -> None:
    """Append what the lead confirmed and explained with this turn."""
    turn = {
        "appraisal_id": appraisal.id,
        "subject_id": appraisal.subject_id,
        "round": appraisal.round,
        "turn": appraisal.turn,
    }
    pieces = {evidence.id for pieces in relied_on.values() for evidence in pieces}
    session.add_all(
        EvidenceConfirmation(
            **turn, evidence_id=i, confirmed_by_id=appraisal.lead_id, confirmed_at=now
        )
        for i in sorted(pieces)
    )
    session.add_all(
        ShortfallReason(**turn, criterion_id=i, reason=confirmations.shortfalls[i].strip())
        for i in short
    )
    session.flush()


def shortfall_reasons(session: AnySession, appraisal: Appraisal) -> dict[str, str]:
    """Return why less evidence sufficed at the last submission of this round, by criterion."""
    rows = session.execute(
        sa.select(ShortfallReason.criterion_id, ShortfallReason.reason).where(
            ShortfallReason.appraisal_id == appraisal.id,
            ShortfallReason.round == appraisal.round,
            ShortfallReason.turn == appraisal.turn,
        )
    )
    return {criterion_id: reason or "" for criterion_id, reason in rows}


def accept_shortfalls(
    session: AnySession, appraisal: Appraisal, *, account_id: int, now: datetime
) -> None:
    """Append that a certifier accepted the reasons of the standing submission, once."""
    key = {
        "appraisal_id": appraisal.id,
        "round": appraisal.round,
        "turn": appraisal.turn,
        "accepted_by_id": account_id,
    }
    if session.scalar(sa.select(ShortfallAcceptance.id).filter_by(**key)) is None:
        session.add(ShortfallAcceptance(**key, subject_id=appraisal.subject_id, accepted_at=now))
        session.flush()
