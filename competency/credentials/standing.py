"""What may be done to an issued document, and when a commission's decision stands; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from competency.credentials.schema import CommissionState, EntryState, Reason, StatusAction

STEPS: Mapping[StatusAction, tuple[frozenset[EntryState], EntryState]] = MappingProxyType(
    {
        StatusAction.SUSPEND: (frozenset({EntryState.ACTIVE}), EntryState.SUSPENDED),
        StatusAction.REINSTATE: (frozenset({EntryState.SUSPENDED}), EntryState.ACTIVE),
        StatusAction.REVOKE: (
            frozenset({EntryState.ACTIVE, EntryState.SUSPENDED}),
            EntryState.REVOKED,
        ),
        StatusAction.SUPERSEDE: (
            frozenset({EntryState.ACTIVE, EntryState.SUSPENDED}),
            EntryState.SUPERSEDED,
        ),
    }
)
"""From which states an action leads where; nothing leads out of revoked and superseded."""

REASONS: Mapping[StatusAction, tuple[Reason, ...]] = MappingProxyType(
    {
        StatusAction.SUSPEND: (Reason.INQUIRY, Reason.AUTHORISATION, Reason.REQUEST),
        StatusAction.REINSTATE: (Reason.CLEARED, Reason.AUTHORISATION, Reason.REQUEST),
        StatusAction.REVOKE: (
            Reason.ERROR,
            Reason.EVIDENCE,
            Reason.AUTHORISATION,
            Reason.REQUEST,
        ),
        StatusAction.SUPERSEDE: (Reason.ERROR, Reason.REASSESSED, Reason.REQUEST),
    }
)
"""The categories that each action may give."""


def possible(state: EntryState) -> tuple[StatusAction, ...]:
    """Return what can be done to a document in ``state``; pass the stored state."""
    return tuple(action for action, (sources, _) in STEPS.items() if state in sources)


def commission_state(votes: Sequence[bool | None], *, seated: bool) -> CommissionState:
    """Return where a commission stands by its seats' votes, ``None`` for one still open.

    One refusal refuses. ``seated`` says that every seat has a member.
    """
    if False in votes:
        return CommissionState.REFUSED
    if not seated:
        return CommissionState.INCOMPLETE
    if all(votes):
        return CommissionState.APPROVED
    return CommissionState.DECIDING
