"""What the pages of issuers, commissions and statuses send, read into plain values."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from competency.credentials.issuer_queries import Statutory
from competency.credentials.issuers import (
    AUTHORITY_MAXIMUM,
    NUMBER_MAXIMUM,
    NewAuthorisation,
)
from competency.credentials.register import Filters
from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.errors import Invalid
from competency.frameworks.schema import DocumentKind

REQUIRED = InputRequired(message=_("This is needed."))
YEAR_DIGITS = 4


class AuthorisationForm(FlaskForm):
    """What an authority wrote to an employer."""

    authority = StringField(
        _("Authority"),
        [REQUIRED, Length(max=AUTHORITY_MAXIMUM, message=_("This is too long."))],
    )
    number = StringField(
        _("Number of the authorisation"),
        [REQUIRED, Length(max=NUMBER_MAXIMUM, message=_("This is too long."))],
    )
    starts_on = DateField(_("In force from"), [REQUIRED])
    valid_until = DateField(_("Last day"), [Optional()])
    covers = SelectMultipleField(
        _("Documents it covers"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, known: Sequence[Statutory]) -> None:
        """Let these documents be chosen."""
        self.covers.choices = [(one.key, f"{one.title}: {one.name}") for one in known]

    def value(self) -> NewAuthorisation:
        """Return the authorisation as the operation takes it; the form must be valid."""
        return NewAuthorisation(
            authority=self.authority.data or "",
            number=self.number.data or "",
            starts_on=self.starts_on.data,
            valid_until=self.valid_until.data,
            covers=frozenset(covered(one) for one in self.covers.data or ()),
        )


def covered(written: str) -> tuple[str, DocumentKind]:
    """Return the framework and the document of ``slug:document``; raise ``Invalid``."""
    slug, _colon, document = written.partition(":")
    try:
        kind = DocumentKind(document)
    except ValueError:
        raise Invalid(
            "%(written)s is no document of a framework; write it as slug:certificate.",
            "covers",
            written=written,
        ) from None
    return slug, kind


def status_input(form: MultiDict[str, str]) -> tuple[StatusAction, Reason, str]:
    """Return the action, its category and the private reason; raise ``Invalid``."""
    try:
        return (
            StatusAction(form.get("action", "")),
            Reason(form.get("category", "")),
            form.get("reason", ""),
        )
    except ValueError:
        raise Invalid("Choose one of the reasons shown.", "category") from None


def document_input(form: MultiDict[str, str]) -> DocumentKind:
    """Return which document is to be issued, by default the attestation; raise ``Invalid``."""
    try:
        return DocumentKind(form.get("document", DocumentKind.ATTESTATION.value))
    except ValueError:
        raise Invalid("This form is not complete. Reload the page and try again.") from None


def filters_of(arguments: MultiDict[str, str]) -> Filters:
    """Return what an address narrows the register to; nonsense narrows nothing."""
    year, state = arguments.get("year", ""), arguments.get("state", "")
    document = arguments.get("document", "")
    is_year = year.isascii() and year.isdigit() and len(year) == YEAR_DIGITS
    return Filters(
        search=arguments.get("search", ""),
        state=EntryState(state) if state in set(EntryState) else None,
        year=int(year) if is_year else None,
        document=DocumentKind(document) if document in set(DocumentKind) else None,
        slug=arguments.get("framework", ""),
    )
