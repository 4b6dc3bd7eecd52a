"""Words for the register's states, documents, reasons and commissions, in the page's language."""

from __future__ import annotations

from flask_babel import gettext, pgettext

from competency.credentials.schema import (
    CommissionState,
    EntryState,
    Lack,
    Reason,
    StatusAction,
)
from competency.documents.checking import Checked, Integrity
from competency.frameworks.schema import DocumentKind
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


def document_label(document: DocumentKind) -> str:
    """Return the words for a kind of document; its name in law is the framework's."""
    labels = {
        DocumentKind.ATTESTATION: gettext("Internal attestation"),
        DocumentKind.TRANSPARENCY: gettext("Statutory statement of transparency"),
        DocumentKind.VALIDATION: gettext("Statutory validation"),
        DocumentKind.CERTIFICATE: gettext("Statutory certificate"),
    }
    return labels[document]


def status_label(action: StatusAction) -> str:
    """Return what can be done to a document, as a button says it."""
    labels = {
        StatusAction.SUSPEND: pgettext("document", "Suspend"),
        StatusAction.REINSTATE: pgettext("document", "Reinstate"),
        StatusAction.REVOKE: pgettext("document", "Revoke"),
        StatusAction.SUPERSEDE: pgettext("document", "Supersede"),
    }
    return labels[action]


def status_done(action: StatusAction) -> str:
    """Return what was done to a document, as a history says it."""
    labels = {
        StatusAction.SUSPEND: pgettext("document", "Suspended"),
        StatusAction.REINSTATE: pgettext("document", "Reinstated"),
        StatusAction.REVOKE: pgettext("document", "Revoked"),
        StatusAction.SUPERSEDE: pgettext("document", "Superseded"),
    }
    return labels[action]


def status_question(action: StatusAction) -> str:
    """Return what follows from an action, to be read before it is done."""
    questions = {
        StatusAction.SUSPEND: gettext(
            "The document does not stand while it is suspended; it can be reinstated."
        ),
        StatusAction.REINSTATE: gettext("The document stands again."),
        StatusAction.REVOKE: gettext("The document never stands again. Its number stays taken."),
        StatusAction.SUPERSEDE: gettext(
            "The document never stands again. The next one of this appraisal names it."
        ),
    }
    return questions[action]


def reason_label(reason: Reason) -> str:
    """Return the words for a category of reasons, which anybody may read."""
    labels = {
        Reason.INQUIRY: gettext("It is being looked into"),
        Reason.CLEARED: gettext("The inquiry is closed, nothing stands against it"),
        Reason.ERROR: gettext("An error in the document"),
        Reason.EVIDENCE: gettext("The evidence does not hold"),
        Reason.REASSESSED: gettext("The person was assessed again"),
        Reason.AUTHORISATION: gettext("The issuer's authorisation"),
        Reason.REQUEST: gettext("Asked for by the holder"),
    }
    return labels[reason]


def lack_label(lack: Lack | None) -> str:
    """Return how an authorisation stands today; ``None`` is in force."""
    if lack is None:
        return gettext("In force")
    labels = {
        Lack.NONE: gettext("None"),
        Lack.SCOPE: gettext("Does not cover it"),
        Lack.NOT_YET: gettext("Not in force yet"),
        Lack.EXPIRED: gettext("Run out"),
        Lack.ENDED: gettext("Ended early"),
    }
    return labels[lack]


def commission_label(state: CommissionState) -> str:
    """Return the words for how far a commission is."""
    labels = {
        CommissionState.INCOMPLETE: gettext("Members to be appointed"),
        CommissionState.DECIDING: gettext("Members are deciding"),
        CommissionState.APPROVED: pgettext("commission", "Approved"),
        CommissionState.REFUSED: pgettext("commission", "Refused"),
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
