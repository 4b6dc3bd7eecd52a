"""What an observation becomes for appraisals: evidence of the behaviours that it marked."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence import Contents, append, made, was_replaced
from competency.assessments.evidence_versions import put_in_place
from competency.assessments.models import Evidence
from competency.frameworks.schema import EvidenceKind
from competency.observations.mapping_queries import mapped_criteria
from competency.observations.queries import Loaded
from competency.observations.rules import Score
from competency.observations.schema import Sheet
from competency.observations.words import mark_words, percent
from competency.people.schema import Actor
from competency.wording import LANGUAGES, Words

AnySession = Session | scoped_session[Session]


def add_evidence(
    session: AnySession, actor: Actor, now: datetime, loaded: Loaded, score: Score, sheet: Sheet
) -> Evidence:
    """Add what was seen as evidence of every behaviour that applied, and of what they map to."""
    contents = _contents(loaded, score, sheet)
    evidence = made(session, actor, now, loaded.subject, contents)
    slug = loaded.form.framework.id
    behaviours = [line.item.criterion_id for line in score.lines if line.counts]
    links = [(slug, behaviour) for behaviour in behaviours]
    append(session, actor, now, evidence, links + mapped_criteria(session, slug, behaviours))
    return evidence


def replace_evidence(
    session: AnySession,
    actor: Actor,
    now: datetime,
    loaded: Loaded,
    score: Score,
    sheet: Sheet,
    *,
    earlier_id: int | None,
) -> Evidence:
    """Put what a corrected score says in the place of the earlier evidence.

    The earlier one stays as it was in every submission that relies on it. Where it was
    withdrawn or replaced meanwhile, the new one stands by itself.
    """
    later = add_evidence(session, actor, now, loaded, score, sheet)
    earlier = None
    if earlier_id is not None:
        earlier = session.scalar(
            sa.select(Evidence).where(Evidence.id == earlier_id).with_for_update()
        )
    if earlier is None or earlier.withdrawn_at is not None or was_replaced(session, earlier):
        return later
    put_in_place(session, actor, now, later, of=earlier)
    return later


def _contents(loaded: Loaded, score: Score, sheet: Sheet) -> Contents:
    """Return the evidence in words of the person's language; behaviours in the framework's."""
    language = loaded.subject.document_language
    words = Words(language if language in LANGUAGES else "en")
    framework = loaded.form.framework
    lines = []
    for line in score.lines:
        criterion = framework.criterion(line.item.criterion_id)
        prohibited = criterion.polarity is not None
        mark = mark_words(line.mark, prohibited=prohibited, words=words)
        note = sheet.notes.get(criterion.id, "")
        lines.append(f"{mark}: {criterion.title}" + (f" – {note}" if note else ""))
    if sheet.note:
        lines.append(sheet.note)
    title = words.gettext(
        "Observation: %(percent)s, %(form)s",
        percent=percent(score.percent, words),
        form=loaded.form.row.title,
    )
    return Contents(
        EvidenceKind.OBSERVATION,
        title[:200],
        "\n".join(lines)[:20_000],
        loaded.row.contact_on,
        place=(loaded.row.channel or "")[:120],
    )
