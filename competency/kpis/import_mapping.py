"""From the columns of a file to a profile: what is likely, and what somebody chose on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from competency.database.text import fold
from competency.errors import Invalid
from competency.kpis.import_rows import Definition
from competency.kpis.import_schema import Amount, ImportProfile, Shape

PERSON, DAY, CAMPAIGN, KPI = "person", "day", "campaign", "kpi"
NUMERATOR, DENOMINATOR = "numerator", "denominator"
ROLES = (PERSON, DAY, CAMPAIGN)
LONG_ROLES = (KPI, NUMERATOR, DENOMINATOR)
REFERENCE, CHANNEL, LINE = "reference", "channel", "line"
CALL_ROLES = (REFERENCE, CHANNEL, LINE)
COUNTED_MOST = 8
"""Fields that a page can count contacts for, or narrow to some contacts."""
COLUMNS_MOST = 24
"""Columns that a page can map; a wider file needs its profile as text."""
LIKELY = {
    PERSON: (
        *("agent", "employee", "person", "number", "agente", "operador", "operatore"),
        *("dipendente", "matricola", "empleado", "оператор", "сотрудник"),
    ),
    DAY: ("day", "date", "fecha", "dia", "data", "giorno", "дата", "день"),
    CAMPAIGN: ("campaign", "campana", "servicio", "commessa", "service", "проект"),
}
"""Words of headings, in small letters without accents."""


@dataclass(frozen=True)
class Choice:
    """What one column is, and how its amounts are written."""

    meaning: str = ""
    written: Amount = Amount.NUMBER


@dataclass(frozen=True)
class Counted:
    """Which contacts count for a field: all, those with anything in a column, or with a value."""

    field: str = ""
    column: str = ""
    values: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """Return the values as the page's field shows them, for ``values_in``."""
        return " | ".join(self.values)


def values_in(written: str) -> tuple[str, ...]:
    """Return the values that the page's field holds."""
    return tuple(value for one in written.split("|") if (value := one.strip()))


def fields_of(known: Mapping[str, Definition]) -> dict[str, list[str]]:
    """Return the fields of the definitions, and which indicators each belongs to."""
    found: dict[str, list[str]] = {}
    for definition in known.values():
        for field in (definition.numerator, definition.denominator):
            if field is not None:
                found.setdefault(field, []).append(definition.id)
    return dict(sorted(found.items()))


def likely(headings: Iterable[str], fields: Iterable[str]) -> list[Choice]:
    """Return what columns are likely to be, by their headings; each thing once."""
    taken: set[str] = set()
    found = []
    for heading in headings:
        words = re.findall(r"\w+", fold(heading))
        slug = "-".join(words)
        meaning = slug if slug in set(fields) else ""
        for role, names in LIKELY.items():
            if not meaning and any(fold(name) in words for name in names):
                meaning = role
        if meaning in taken:
            meaning = ""
        taken.add(meaning)
        is_time = meaning.endswith("-seconds")
        found.append(Choice(meaning, Amount.CLOCK if is_time else Amount.NUMBER))
    return found


def choices_of(profile: ImportProfile, headings: Sequence[str]) -> list[Choice]:
    """Return what a profile says of each column; of one with several meanings the first."""
    meant: dict[str, Choice] = {profile.person.column: Choice(PERSON)}
    meant.setdefault(profile.day, Choice(DAY))
    if profile.campaign.column is not None:
        meant.setdefault(profile.campaign.column, Choice(CAMPAIGN))
    for name, field in profile.fields.items():
        if field.column is not None:
            meant.setdefault(field.column, Choice(name, field.written))
    if profile.long is not None:
        meant.setdefault(profile.long.kpi, Choice(KPI))
        meant.setdefault(profile.long.numerator, Choice(NUMERATOR, profile.long.times))
        if profile.long.denominator is not None:
            meant.setdefault(profile.long.denominator, Choice(DENOMINATOR))
    if profile.contact is not None:
        for role in CALL_ROLES:
            meant.setdefault(getattr(profile.contact, role) or "", Choice(role))
    return [meant.get(heading, Choice()) for heading in headings]


def counted_of(profile: ImportProfile) -> list[Counted]:
    """Return which contacts count for the fields of a profile, of those that a column isn't all."""
    if profile.shape is not Shape.CALLS:
        return []
    return [
        Counted(name, *((field.where.column, field.where.values) if field.where else ()))
        for name, field in profile.fields.items()
        if field.where is not None or field.column is None
    ]


def is_mappable(profile: ImportProfile) -> bool:
    """Return whether a page can show all that a profile says."""
    named = [column for column, key in profile.headings() if not key.endswith(".where.column")]
    counted = counted_of(profile)
    fits = len(named) == len(set(named)) and len(counted) <= COUNTED_MOST
    narrowed = profile.contact is not None and profile.contact.where is not None
    return (
        fits
        and all(values_in(one.written) == one.values for one in counted)
        and not narrowed
        and not profile.kpis
        and profile.files.sheet is None
    )


def profile_text(
    headings: Sequence[str],
    choices: Sequence[Choice],
    settings: Mapping[str, object],
    counted: Sequence[Counted] = (),
) -> str:
    """Return the text of the profile that somebody chose; raise ``Invalid`` where it lacks much.

    ``settings`` are the keys of a profile that no column decides.
    """
    by_meaning = _meanings(headings, choices)
    data = dict(settings)
    person = dict(_mapping(data.pop("person", {})))
    campaign = dict(_mapping(data.pop("campaign", {})))
    names, days = data.pop("names", {}), data.pop("kept_days", None)
    data["person"] = {"column": by_meaning[PERSON][0], **person}
    data["day"] = by_meaning[DAY][0]
    if CAMPAIGN in by_meaning:
        campaign = {"take": "column", "column": by_meaning[CAMPAIGN][0]}
    if campaign:
        data["campaign"] = campaign
    is_of_contacts = data.get("shape") == Shape.CALLS.value
    if any(one.field for one in counted) and not is_of_contacts:
        raise Invalid("Contacts are counted only where a row is a contact.")
    if is_of_contacts and any(role in by_meaning for role in CALL_ROLES):
        data["contact"] = _contact(by_meaning, days)
    if data.get("shape") == Shape.LONG.value:
        data["long"] = _long(by_meaning, names)
    else:
        data["fields"] = _fields(by_meaning, counted)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=False)


def _meanings(headings: Sequence[str], choices: Sequence[Choice]) -> dict[str, tuple[str, Amount]]:
    """Return the column of each thing that was chosen, and how its amounts are written."""
    found: dict[str, tuple[str, Amount]] = {}
    for heading, choice in zip(headings, choices, strict=False):
        if choice.meaning and choice.meaning in found:
            raise Invalid("Two columns are the same: “%(what)s”.", what=choice.meaning)
        found[choice.meaning] = (heading, choice.written)
    found.pop("", None)
    if PERSON not in found:
        raise Invalid("Choose the column that says who it is about.")
    if DAY not in found:
        raise Invalid("Choose the column with the day.")
    return found


def _mapping(value: object) -> Mapping[str, object]:
    """Return a mapping, empty where there is none."""
    return value if isinstance(value, Mapping) else {}


def _long(by_meaning: Mapping[str, tuple[str, Amount]], names: object) -> dict[str, object]:
    """Return the columns of a table with a measurement a row."""
    if KPI not in by_meaning or NUMERATOR not in by_meaning:
        raise Invalid("Choose the columns with the indicator and with the numerator.")
    heading, written = by_meaning[NUMERATOR]
    found: dict[str, object] = {"kpi": by_meaning[KPI][0], "numerator": heading}
    if DENOMINATOR in by_meaning:
        found["denominator"] = by_meaning[DENOMINATOR][0]
    if written is not Amount.NUMBER:
        found["times"] = written.value
    if names:
        found["names"] = names
    return found


def _contact(by_meaning: Mapping[str, tuple[str, Amount]], days: object) -> dict[str, object]:
    """Return the columns that name a contact, so that it can be drawn."""
    if REFERENCE not in by_meaning:
        raise Invalid("Choose the column with the reference of the contact too.")
    found: dict[str, object] = {
        role: by_meaning[role][0] for role in CALL_ROLES if role in by_meaning
    }
    return found if days is None else {**found, "kept_days": days}


def _fields(
    by_meaning: Mapping[str, tuple[str, Amount]], counted: Sequence[Counted]
) -> dict[str, object]:
    """Return the fields that columns were chosen for, and those that contacts are counted for."""
    found: dict[str, dict[str, object]] = {}
    for meaning, (heading, written) in by_meaning.items():
        if meaning in {*ROLES, *LONG_ROLES, *CALL_ROLES}:
            continue
        found[meaning] = {"column": heading}
        if written is not Amount.NUMBER:
            found[meaning]["written"] = written.value
    chosen = [one for one in counted if one.field]
    if len({one.field for one in chosen}) < len(chosen):
        raise Invalid("Contacts are counted twice for the same figure.")
    for one in chosen:
        field = found.setdefault(one.field, {})
        if one.column:
            values = {"values": list(one.values)} if one.values else {}
            field["where"] = {"column": one.column, **values}
    if not found:
        raise Invalid("Choose at least one column with something that was measured.")
    return dict(found)


def names_in(text: str) -> dict[str, str]:
    """Return the source's names of indicators and ours, written as ``theirs = ours`` a line."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {theirs.strip(): ours.strip() for theirs, ours in pairs}
