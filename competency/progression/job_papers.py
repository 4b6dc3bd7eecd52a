"""From a published position to the facts of its job sheet, in the language of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.papers import issuer_for, paper_language
from competency.clock import local_date
from competency.documents.job_schema import (
    JobFacts,
    JobGroup,
    JobItem,
    JobSection,
    Reading,
    Worded,
)
from competency.frameworks.presenters import channel_label
from competency.frameworks.published_files import Published
from competency.frameworks.queries import frameworks_by_slug
from competency.frameworks.spoken import Spoken, Wording, readings_of
from competency.kpis.presenters import titles_of_kpis
from competency.kpis.queries import published_kpis
from competency.people.schema import Actor
from competency.progression.position_presenters import (
    ShownTarget,
    Titles,
    by_kind,
    shown_target,
)
from competency.progression.position_queries import position_and_versions
from competency.progression.positions_schema import (
    Duty,
    Item,
    LegalReference,
    Note,
    Obligation,
    Position,
    PositionIndicator,
    Positions,
    Reporting,
    Requirement,
)
from competency.progression.words import (
    direction_label,
    months_label,
    span_label,
)
from competency.wording import Words

AnySession = Session | scoped_session[Session]

KindT = TypeVar("KindT", Duty, Requirement, Obligation, Note)


def job_facts(
    session: AnySession,
    *,
    actor: Actor,
    public_id: str,
    position_id: str,
    chosen: str,
    otherwise: str,
) -> JobFacts:
    """Return the facts of a position's sheet in the ``chosen`` language, if that is complete.

    Else it speaks its file's own; where that is none of ours, the words around it speak
    ``otherwise``. ``NotFound`` for an unknown file or position.
    """
    file, position, _versions = position_and_versions(session, public_id, position_id)
    wording = file.complete_wording(chosen)
    shown_in = wording.translation.language if wording.translation else wording.own
    language = paper_language(shown_in, otherwise)
    frameworks = frameworks_by_slug(session, {target.framework for target in position.targets})
    kpis = titles_of_kpis(published_kpis(session), language)
    with force_locale(language):
        sheet = _Sheet(
            file.value, position, wording, language, {i: t for i, (_, t) in kpis.items()}
        )
        targets = [shown_target(t, frameworks.get(t.framework), wording) for t in position.targets]
        source = file.value.source
        return JobFacts(
            language=language,
            issuer=issuer_for(session, actor, language),
            made_on=local_date(file.row.published_at, "UTC"),
            title=_worded(wording.of(position.id, position.title)),
            also_called=tuple(
                _worded(one)
                for one in wording.others(position.id, "also_called", position.also_called)
            ),
            purpose=sheet.purpose(),
            about=tuple(sheet.about()),
            sections=(*sheet.sections(), *_targets(targets), *sheet.last_sections()),
            readings=tuple(
                Reading(
                    _worded(wording.as_written(one.reading)), _worded(wording.as_written(one.note))
                )
                for one in readings_of(file.value.inferred, f"positions[{position.id}]")
            ),
            file_title=_worded(wording.title(file.value.title)),
            version=file.row.version,
            source=(source.publisher or source.document) if source else None,
            file_language=wording.own,
            notices=tuple(_notices(file, position, wording)),
        )


def _notices(file: Published[Positions], position: Position, wording: Wording) -> Iterable[str]:
    """Yield what a reader must know of the sheet as a whole."""
    if wording.is_unofficial:
        yield gettext("Unofficial translation")
    if file.value.source and file.value.source.partial:
        yield gettext("Part of the document only")
    count = len(readings_of(file.value.inferred, f"positions[{position.id}]"))
    if count:
        yield ngettext(
            "%(num)d reading is inferred: the source does not say it. It stands at the end.",
            "%(num)d readings are inferred: the source does not say them. They stand at the end.",
            count,
        )


def _worded(spoken: Spoken) -> Worded:
    """Return words of a file as documents take them."""
    return Worded(spoken.text, spoken.language)


def _targets(targets: Sequence[ShownTarget]) -> Iterable[JobSection]:
    """Yield the levels that the position asks for, framework by framework."""
    if not targets:
        return
    groups = []
    for target in targets:
        items = tuple(
            JobItem(Worded(f"{words.text}: {level.text}", words.language))
            for _part, words, level in target.levels
        )
        remark = None if target.scope is None else _worded(target.scope)
        groups.append(JobGroup(_worded(target.title), items, remark))
    yield JobSection(gettext("Levels asked for"), tuple(groups))


@dataclass(frozen=True)
class _Sheet:
    """A position, how it reads, and the titles of the KPIs that it may name."""

    file: Positions
    position: Position
    wording: Wording
    language: str
    kpis: Mapping[str, Spoken]

    def purpose(self) -> JobItem | None:
        """Return why the position exists."""
        purpose = self.position.purpose
        if purpose is None:
            return None
        words = self.wording.other(self.position.id, "purpose", purpose)
        return JobItem(_worded(words), remarks=self._inferred("purpose"))

    def about(self) -> Iterable[JobSection]:
        """Yield whom the position leads, to whom it reports, and who stands in."""
        position, wording = self.position, self.wording
        if position.span is not None:
            of = wording.other(position.id, "span.of", position.span.of)
            leads = Worded(f"{span_label(position.span)} {of.text}".strip(), of.language)
            yield _fact(gettext("Leads"), JobItem(leads, remarks=self._inferred("span")))
        if position.reporting is not None:
            yield from self._reporting(position.reporting)

    def _reporting(self, reporting: Reporting) -> Iterable[JobSection]:
        """Yield the lines of the organisation that the position stands in."""
        wording = self.wording
        titles = Titles.of(self.file.positions, wording).by_id
        said = [wording.of(one.id, one.text) for one in reporting.reports_to]
        said += [titles[i] for i in reporting.positions if i in titles]
        if said:
            yield _fact(gettext("Reports to"), *(JobItem(_worded(one)) for one in said))
        if reporting.appointment is not None:
            appointment = reporting.appointment
            words = wording.of(appointment.id, appointment.text)
            yield _fact(gettext("Appointed by"), JobItem(_worded(words)))
        acting = reporting.acting
        if acting is None:
            return
        remarks = []
        if acting.maximum_days:
            days = acting.maximum_days
            remarks.append(ngettext("At most %(num)s day", "At most %(num)s days", days))
        if acting.pay_difference is not None:
            paid = gettext("The difference in pay is paid")
            unpaid = gettext("The difference in pay isn't paid")
            remarks.append(paid if acting.pay_difference else unpaid)
        words = wording.other(self.position.id, "reporting.acting.text", acting.text)
        yield _fact(gettext("Substitution"), JobItem(_worded(words), remarks=tuple(remarks)))

    def sections(self) -> Iterable[JobSection]:
        """Yield what the holder does, may, needs, owes and is measured by."""
        position = self.position
        if position.duties:
            yield JobSection(gettext("Duties"), self._by_kind("duties", position.duties))
        if position.rights:
            yield JobSection(gettext("Rights"), self._group("rights", position.rights))
        if position.requirements:
            kinds = self._by_kind("requirements", position.requirements)
            yield JobSection(gettext("Requirements"), kinds)
        if position.obligations:
            kinds = self._by_kind("obligations", position.obligations)
            yield JobSection(gettext("Obligations"), kinds)
        if position.indicators:
            yield JobSection(gettext("Indicators"), self._group("indicators", position.indicators))

    def last_sections(self) -> Iterable[JobSection]:
        """Yield the law that the source names, and what else it says."""
        position = self.position
        if position.legal_references:
            yield JobSection(
                gettext("Law that the source names"),
                self._group("legal_references", position.legal_references),
                gettext("Recorded, never acted on."),
            )
        if position.notes:
            title = gettext("What else the source says")
            yield JobSection(title, self._by_kind("notes", position.notes))

    def _by_kind(self, key: str, items: Sequence[KindT]) -> tuple[JobGroup, ...]:
        """Return items under the heading of their kind."""
        return tuple(
            JobGroup(Worded(heading, self.language), tuple(self._item(key, one) for one in found))
            for heading, found in by_kind(items)
        )

    def _group(self, key: str, items: Sequence[Item]) -> tuple[JobGroup, ...]:
        """Return items that have no kinds."""
        return (JobGroup(None, tuple(self._item(key, one) for one in items)),)

    def _item(self, key: str, item: Item) -> JobItem:
        """Return one item with its remarks."""
        words = self.wording.of(item.id, item.text)
        remarks = (*self._remarks(item), *self._inferred(f"{key}[{item.id}]"))
        if item.incomplete:
            remarks = (*remarks, gettext("The source breaks off here"))
        return JobItem(_worded(words), item.source_no, remarks)

    def _remarks(self, item: Item) -> tuple[str, ...]:
        """Return what is to be known of an item of its kind."""
        found: list[str] = []
        match item:
            case Duty():
                found += [channel_label(channel) for channel in item.channels]
                found += [direction_label(item.direction)] if item.direction else []
            case Requirement():
                found += [gettext("Welcome")] if item.preferred else []
                found += [months_label(item.minimum_months)] if item.minimum_months else []
            case PositionIndicator(kpi=str() as kpi):
                title = self.kpis[kpi].text if kpi in self.kpis else kpi
                found.append(f"{gettext('Defined as')}: {title}")
            case LegalReference():
                law = item.jurisdiction
                found += [Words(self.language).country(law)] if law else []
                found += [gettext("Possibly obsolete")] if item.obsolete_suspected else []
        return tuple(found)

    def _inferred(self, place: str) -> tuple[str, ...]:
        """Return the mark of what was read into the source."""
        path = f"positions[{self.position.id}].{place}"
        return (gettext("Inferred"),) if readings_of(self.file.inferred, path) else ()


def _fact(title: str, *items: JobItem) -> JobSection:
    """Return a short fact under its title."""
    return JobSection(title, (JobGroup(None, items),))
