"""Words for the states of the register, in the page's language."""

from __future__ import annotations

from flask_babel import gettext

from competency.credentials.schema import EntryState


def entry_state(state: EntryState) -> str:
    """Return the words for a state."""
    labels = {
        EntryState.ISSUING: gettext("Being issued"),
        EntryState.ACTIVE: gettext("Valid"),
        EntryState.SUSPENDED: gettext("Suspended"),
        EntryState.REVOKED: gettext("Revoked"),
        EntryState.SUPERSEDED: gettext("Superseded"),
        EntryState.EXPIRED: gettext("Expired"),
    }
    return labels[state]
