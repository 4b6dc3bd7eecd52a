"""Words for what an event says beside its action: its keys, and codes among the values."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, pgettext

SEPARATOR = ", "


def told(data: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return an event's data as pairs of a word and a value in the page's language.

    What says nothing is left out; identifiers, numbers and codes of files stay as they are.
    """
    keys, codes = key_words(), _codes()
    return [
        (keys.get(key, key), _said(value, codes))
        for key, value in data.items()
        if value is not None and value != []
    ]


def _said(value: object, codes: Mapping[str, str]) -> str:
    """Return one value in words, where it is a code that has some."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return SEPARATOR.join(_said(one, codes) for one in value)
    return codes.get(str(value), str(value))


def key_words() -> dict[str, str]:
    """Return the word of each key that an operation records."""
    return {
        "added": gettext("Added"),
        "appraisals": gettext("Appraisals"),
        "approval": gettext("Approval"),
        "asked": gettext("Asked"),
        "approves": gettext("Approves"),
        "attempt": gettext("Attempt"),
        "authorisation": gettext("Authorisation"),
        "before": gettext("Before"),
        "behaviour": gettext("Behaviour"),
        "cap": gettext("Cap in a hundred"),
        "category": gettext("Reason"),
        "changed": gettext("Changed"),
        "contacts": gettext("Contacts"),
        "covers": gettext("Covers"),
        "criteria": gettext("Criteria"),
        "criterion": gettext("Criterion"),
        "document": gettext("Document"),
        "drawn": gettext("Drawn"),
        "earlier": gettext("Earlier values"),
        "employee": gettext("Person"),
        "employer": gettext("Employer"),
        "ended_on": gettext("Ended on"),
        "exceptions": gettext("Accepted without"),
        "error": gettext("Error"),
        "examines": gettext("Tests examined"),
        "figures": gettext("Figures"),
        "files": gettext("Files"),
        "form": gettext("Form"),
        "framework": gettext("Framework"),
        "from": pgettext("state", "From"),
        "hash": gettext("Hash"),
        "instrument": gettext("Test"),
        "issuer": gettext("Issuer"),
        "items": gettext("Behaviours"),
        "kind": gettext("Kind"),
        "kpi": gettext("Indicator"),
        "language": gettext("Language"),
        "levels": gettext("Levels"),
        "links": gettext("Criteria"),
        "member": gettext("Member"),
        "messages": gettext("Messages"),
        "missing": gettext("Missing"),
        "mode": gettext("Kind"),
        "new": gettext("New"),
        "number": gettext("Number"),
        "observers": gettext("Observers"),
        "of": gettext("Earlier appraisal"),
        "overridden": gettext("Decided otherwise than the points"),
        "passed": gettext("Passed"),
        "place": gettext("Which of them"),
        "pool": gettext("Drawn from so many"),
        "people": gettext("People"),
        "possible": gettext("Points possible, in thousandths"),
        "prefix": gettext("Prefix"),
        "questions": gettext("Questions"),
        "reached": gettext("Points reached, in thousandths"),
        "reads": gettext("Reads"),
        "reason": gettext("Reason"),
        "role": gettext("Role"),
        "round": gettext("Round"),
        "scope": gettext("Scope"),
        "scope_id": gettext("Over which"),
        "scope_kind": gettext("Over whom"),
        "seat": gettext("Seat"),
        "session": gettext("Session"),
        "share": gettext("Share in a hundred"),
        "slug": gettext("File"),
        "set_aside": gettext("Set aside"),
        "source": gettext("Source"),
        "starts_on": gettext("From"),
        "to": pgettext("state", "To"),
        "told": gettext("People told"),
        "unchanged": gettext("Unchanged"),
        "unit": gettext("Unit"),
        "units": gettext("Units"),
        "valid_until": gettext("Valid until"),
        "version": gettext("Version"),
    }


def _codes() -> dict[str, str]:
    """Return the words of codes that mean the same wherever they stand."""
    return {
        "planned": pgettext("appraisal", "planned"),
        "open": pgettext("appraisal", "open"),
        "submitted": pgettext("appraisal", "submitted"),
        "in_review": pgettext("appraisal", "in review"),
        "approved": pgettext("appraisal", "approved"),
        "released": pgettext("appraisal", "released"),
        "contested": pgettext("appraisal", "contested"),
        "closed": pgettext("appraisal", "closed"),
        "suspended": pgettext("appraisal", "suspended"),
        "cancelled": pgettext("appraisal", "cancelled"),
        "appraisal": gettext("Appraisal"),
        "certification": gettext("Certification"),
        "attestation": gettext("Attestation"),
        "practical_test": gettext("Practical test"),
        "knowledge_test": gettext("Knowledge test"),
        "simulation": gettext("Simulation"),
        "interview": gettext("Interview"),
        "withdrew": gettext("The candidate has withdrawn."),
        "certification_open": gettext("No certification of the same units that is not closed"),
        "attested": gettext("No unit that is attested already"),
        "months_employed": gettext("Long enough employed"),
        "days_since": gettext("Long enough since a certification that was not reached"),
    }
