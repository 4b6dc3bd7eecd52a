"""Words for the states of the register, in the page's language."""

from __future__ import annotations

from flask_babel import gettext

from competency.credentials.schema import EntryState
from competency.documents.checking import Checked, Integrity
from competency.wording import Words


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


def signature_words(found: Checked, words: Words) -> list[str]:
    """Return what a file alone tells of its signature, in sentences."""
    if found.integrity is Integrity.UNSIGNED:
        return [words.gettext("The file is not signed.")]
    if found.integrity is Integrity.CHANGED or found.signer is None:
        return [words.gettext("The signature does not fit the file: it was changed after signing.")]
    signer = found.signer
    said = [
        words.gettext("Signed with the certificate of “%(name)s”.", name=signer.name),
        words.gettext("The signature covers the whole file, and nothing was changed since."),
    ]
    if signer.is_demonstration:
        said.append(
            words.gettext("This certificate is for demonstration: its signature is worth nothing.")
        )
    elif signer.is_own_issuer:
        said.append(
            words.gettext(
                "The holder issued this certificate to themself: compare its fingerprint with "
                "the one that they publish."
            )
        )
    else:
        said.append(
            words.gettext(
                "The certificate was issued by “%(issuer)s”; whether to trust it is not checked "
                "here.",
                issuer=signer.issuer,
            )
        )
    return said
