"""What the pages of appraisals send, read into plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competency.assessments.candidates import Population
from competency.assessments.certification_models import ATTEMPTS
from competency.assessments.cycles import ATTEMPTS_HIGHEST, CertificationPlan, CyclePlan
from competency.assessments.peers import PEERS_HIGHEST
from competency.assessments.population import NumberList, of_text
from competency.assessments.presenters import EXCUSED
from competency.assessments.schema import (
    SINGLE_REVIEW_PERCENT,
    Answer,
    AssessorKind,
    Mode,
    Review,
)
from competency.errors import Invalid

REQUIRED = InputRequired(message=_("This is needed."))
CONTEST_DAYS_MAXIMUM = 90
VERSION_DIGITS = 9
MONTHS_HERE_MAXIMUM = 600
NUMBERS_LENGTH = 350_000


@dataclass(frozen=True)
class DraftInput:
    """One criterion's form: whose judgement, what it says, and over which version."""

    kind: AssessorKind
    answer: Answer
    version: int


def draft_input(form: MultiDict[str, str], criterion_id: str) -> DraftInput:
    """Return what a criterion's form says, the lead's where it doesn't say whose it is.

    Raises ``Invalid`` for what no page sends.
    """
    kinds = {kind.value: kind for kind in AssessorKind}
    kind = kinds.get(form.get("kind", AssessorKind.LEAD))
    raw = form.get("version", "")
    if kind is None or not (raw.isascii() and raw.isdigit() and len(raw) <= VERSION_DIGITS):
        raise Invalid("This form is not complete. Reload the page and try again.")
    level = form.get("level", "")
    excused = level == EXCUSED or form.get("excused", "") in {"1", "true", "on"}
    kept = None if level in {"", EXCUSED} else level
    note = form.get("note", "").replace("\r\n", "\n").strip()
    return DraftInput(kind, Answer(criterion_id, kept, excused, note), int(raw))


def comment_of(form: MultiDict[str, str]) -> str:
    """Return the comment sent with a step, its line breaks counted once each."""
    return form.get("comment", "").replace("\r\n", "\n").strip()


def due_on_of(raw: str) -> date:
    """Return the day that a form says by when it is to be judged; raise ``Invalid``."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Invalid("Say by when it is to be judged, as in 2026-03-31.", "due_on") from None


def links_of(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return ``framework:criterion`` values as pairs, each once; raise ``Invalid``."""
    found: dict[tuple[str, str], None] = {}
    for value in values:
        slug, colon, criterion = value.partition(":")
        if not (slug and colon and criterion):
            raise Invalid("Choose criteria of a published framework.", "criteria")
        found[slug, criterion] = None
    return tuple(found)


def numbers_in(text: str) -> list[str]:
    """Return the employee numbers of a text, apart by commas, semicolons or spaces."""
    return text.replace(";", " ").replace(",", " ").split()


class CycleForm(FlaskForm):
    """A new cycle: what is appraised, whom, and by when; sent by GET for its preview."""

    title = StringField(_("Title"), [REQUIRED, Length(max=200)])
    framework = SelectField(_("Framework"), [REQUIRED])
    scope = SelectField(_("Scope"), [Optional()], validate_choice=False)
    """A version's id and the scope's, joined by a colon: each version has its own."""
    mode = SelectField(_("Kind"), [Optional()], default=Mode.APPRAISAL.value)
    assessor = StringField(_("Assessor of the certification"), [Length(max=64)])
    """An employee number."""
    attempts = IntegerField(
        _("Attempts at each test"),
        [Optional(), NumberRange(min=1, max=ATTEMPTS_HIGHEST)],
        default=ATTEMPTS,
    )
    self_assessment_due_on = DateField(_("Due date for self-assessments"), [Optional()])
    submit_due_on = DateField(_("Due date for assessors"), [REQUIRED])
    review_due_on = DateField(_("Due date for reviews"), [Optional()])
    employer = SelectField(_("Employer"), [Optional()])
    site = SelectField(_("Site"), [Optional()])
    team = SelectField(_("Team"), [Optional()])
    position = SelectField(_("Position"), [Optional()])
    campaign = SelectField(_("Campaign"), [Optional()])
    hired_by = DateField(_("Hired on or before"), [Optional()])
    months_here = IntegerField(
        _("Hired at least so many months ago"),
        [Optional(), NumberRange(min=0, max=MONTHS_HERE_MAXIMUM)],
    )
    numbers = TextAreaField(_("Only these employee numbers"), [Length(max=NUMBERS_LENGTH)])
    people_file = FileField(_("Or a CSV file with a column “number”"), [Optional()])
    everybody = BooleanField(_("Everybody whom I may include"))
    review = SelectField(_("Review"), [REQUIRED], default=Review.ALL.value)
    self_assessment = SelectField(_("Self-assessment"), [REQUIRED], default="blind")
    releases_on = DateField(_("Release approved results on"), [Optional()])
    contest_days = IntegerField(
        _("Days to answer a result"),
        [REQUIRED, NumberRange(min=0, max=CONTEST_DAYS_MAXIMUM)],
        default=10,
    )
    single_review_percent = IntegerField(
        _("Unflagged appraisals to be looked at one by one, in a hundred"),
        [Optional(), NumberRange(min=0, max=100)],
        default=SINGLE_REVIEW_PERCENT,
    )
    peers_maximum = IntegerField(
        _("Peers asked in each appraisal, at most"),
        [Optional(), NumberRange(min=0, max=PEERS_HIGHEST)],
        default=0,
    )
    peers_anonymous = BooleanField(_("Peers stay anonymous"))

    def population(self) -> Population:
        """Return whom the cycle is for."""
        return Population(
            site_id=_number(self.site.data),
            team_id=_number(self.team.data),
            position_id=_number(self.position.data),
            employee_numbers=self.listed().numbers,
            employer_id=_number(self.employer.data),
            campaign_id=_number(self.campaign.data),
            hired_by=self.hired_by.data,
            months_here=self.months_here.data,
        )

    def listed(self) -> NumberList:
        """Return the employee numbers that were typed; raise ``InvalidFile`` for too many."""
        return of_text(self.numbers.data or "")

    def names_somebody(self) -> bool:
        """Return whether it says whom the cycle is for: never everybody by default."""
        return bool(self.everybody.data) or self.population() != Population()

    @property
    def scope_id(self) -> str | None:
        """Return the id of the scope that was chosen, whichever framework it is of."""
        if self.scope_by_position:
            return None
        return (self.scope.data or "").rpartition(":")[2] or None

    @property
    def scope_by_position(self) -> bool:
        """Return whether each person has the scope that their position asks for."""
        return bool(self.scope.data == BY_POSITION)

    def scope_is_of_another(self) -> bool:
        """Return whether the scope belongs to another framework than the one chosen."""
        version_id, colon, _scope = (self.scope.data or "").partition(":")
        return bool(colon) and version_id != self.framework.data

    @property
    def certifies(self) -> bool:
        """Return whether the cycle is one of certifications."""
        return bool(self.mode.data == Mode.CERTIFICATION.value)

    @property
    def assessor_number(self) -> str | None:
        """Return the employee number of who assesses certifications, else ``None``."""
        return (self.assessor.data or "").strip() if self.certifies else None

    def certification(self, units: Sequence[str]) -> CertificationPlan | None:
        """Return what a certification of these units needs beside."""
        if self.assessor_number is None:
            return None
        attempts = ATTEMPTS if self.attempts.data is None else self.attempts.data
        return CertificationPlan(self.assessor_number, tuple(units), attempts)

    def plan(self, units: Sequence[str] = ()) -> CyclePlan:
        """Return what is decided when the cycle opens."""
        return CyclePlan(
            title=self.title.data,
            framework_version_id=int(self.framework.data),
            submit_due_on=self.submit_due_on.data,
            releases_on=self.releases_on.data,
            self_assessment_due_on=self.self_assessment_due_on.data,
            review_due_on=self.review_due_on.data,
            review=Review(self.review.data),
            self_assessment=self.self_assessment.data != "none",
            blind=self.self_assessment.data != "open",
            contest_days=self.contest_days.data,
            single_review_percent=SINGLE_REVIEW_PERCENT
            if self.single_review_percent.data is None
            else self.single_review_percent.data,
            peers_maximum=self.peers_maximum.data or 0,
            peers_anonymous=bool(self.peers_anonymous.data),
            scope_id=self.scope_id,
            scope_by_position=self.scope_by_position,
            certification=self.certification(units),
        )


BY_POSITION = "by-position"
"""The choice of a scope that leaves it to each person's position."""


def _number(value: str | None) -> int | None:
    """Return a select's value as a row's id."""
    return int(value) if value and value.isdecimal() else None


class LevelsForm(FlaskForm):
    """A CSV file of levels that people held before."""

    file = FileField(_("CSV file"), [FileRequired(message=_("Choose a file."))])
