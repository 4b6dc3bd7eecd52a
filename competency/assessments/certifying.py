"""What the submission of a certification confirms: evidence item by item, and shortfalls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import EvidenceConfirmation, ShortfallReason
from competency.assessments.models import Appraisal, Evidence
from competency.assessments.schema import Confirmations
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
    kept = {i: [e for e in pieces if said[e.public_id]] for i, pieces in found.items()}
    return {i: pieces for i, pieces in kept.items() if pieces}


def check_shortfalls(short: Iterable[str], confirmations: Confirmations) -> None:
    """Raise ``Incomplete`` with the criteria whose shortfall is not explained."""
    silent = [i for i in short if not confirmations.shortfalls.get(i, "").strip()]
    if silent:
        raise Incomplete(
            "Say of each criterion with less evidence than it asks for why that suffices:"
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
