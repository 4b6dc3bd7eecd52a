"""Forms of sources, of what allows their figures, and of thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from competency.frameworks.schema import Sample
from competency.frameworks.values import THRESHOLD_PATTERN
from competency.kpis.bases import (
    AGREEMENT_MAXIMUM,
    MONTHS_MAXIMUM,
    NAME_MAXIMUM,
    VERSION_MAXIMUM,
    WORDS_MAXIMUM,
    NewBasis,
)
from competency.kpis.threshold_rules import ThresholdRule
from competency.kpis.thresholds import REASON_MAXIMUM
from competency.people.forms import NOTHING

REQUIRED = InputRequired(message=_("This is needed."))
TOO_LONG = _("This is too long.")
LEVEL = "level-"
"""What the names of the fields of levels begin with."""


def stripped(value: str | None) -> str:
    """Return the text with single spaces."""
    return " ".join((value or "").split())


class SourceForm(FlaskForm):
    """A source's name, and what it records."""

    name = StringField(
        _("Name of the system"),
        [REQUIRED, Length(max=NAME_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )
    parameters = TextAreaField(
        _("What it records"),
        [Optional(), Length(max=WORDS_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )


class NewSourceForm(SourceForm):
    """A new source, with what never changes afterwards."""

    code = StringField(_("Code"), [REQUIRED, Length(max=64, message=TOO_LONG)], filters=[stripped])
    kind = SelectField(_("Where its figures come from"), [REQUIRED])


class BasisForm(FlaskForm):
    """What allows a source's figures to be used about one person."""

    legal_basis = TextAreaField(
        _("Legal basis"),
        [REQUIRED, Length(max=WORDS_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )
    agreement = StringField(
        _("Agreement or authorisation"),
        [Optional(), Length(max=AGREEMENT_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )
    notice_version = StringField(
        _("Version of the notice"),
        [REQUIRED, Length(max=VERSION_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )
    notified_on = DateField(_("People were told on"), [REQUIRED])
    purposes = TextAreaField(
        _("For which decisions"),
        [REQUIRED, Length(max=WORDS_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )
    retention_months = IntegerField(
        _("Kept for how many months"),
        [
            REQUIRED,
            NumberRange(1, MONTHS_MAXIMUM, message=_("Choose between 1 and 120 months.")),
        ],
    )
    starts_on = DateField(_("Used about people from"), [REQUIRED])

    def value(self) -> NewBasis:
        """Return what was filled in."""
        return NewBasis(
            self.legal_basis.data,
            self.agreement.data,
            self.notice_version.data,
            self.notified_on.data,
            self.purposes.data,
            self.retention_months.data,
            self.starts_on.data,
        )


class EndForm(FlaskForm):
    """From which day on a basis no longer holds."""

    ends_on = DateField(_("First day without it"), [REQUIRED])


class ThresholdForm(FlaskForm):
    """What is asked for of an indicator, for whom, since when and why."""

    window_days = IntegerField(
        _("Days measured together"),
        [Optional(), NumberRange(1, 366, message=_("Choose between 1 and 366 days."))],
    )
    minimum_days = IntegerField(
        _("At least so many days with measurements"),
        [Optional(), NumberRange(1, 366, message=_("Choose between 1 and 366 days."))],
    )
    minimum_denominator = IntegerField(
        _("At least so much in the denominator"),
        [Optional(), NumberRange(1, 1_000_000, message=_("Choose a number from 1 up."))],
    )
    confidence = DecimalField(
        _("Confidence of the interval"),
        [
            Optional(),
            NumberRange(Decimal("0.5"), Decimal("0.999"), message=_("Write a share, as in 0.95.")),
        ],
        places=None,
    )
    campaign = SelectField(_("Only on the campaign"))
    position = SelectField(_("Only in the position"))
    site = SelectField(_("Only at the site"))
    starts_on = DateField(_("From"), [REQUIRED])
    reason = TextAreaField(
        _("Reason"),
        [REQUIRED, Length(max=REASON_MAXIMUM, message=TOO_LONG)],
        filters=[stripped],
    )

    def offer(self, places: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Offer campaigns, positions and sites, each by id and name."""
        for name in ("campaign", "position", "site"):
            choices = [SelectChoice(value, label) for value, label in places[name]]
            self[name].choices = [NOTHING, *choices]

    def place(self, name: str) -> int | None:
        """Return the id of a chosen campaign, position or site."""
        return int(self[name].data) if self[name].data else None

    def rule(self) -> ThresholdRule:
        """Return what was filled in as a rule."""
        least = Sample(
            days=self.minimum_days.data or None, denominator=self.minimum_denominator.data or None
        )
        return ThresholdRule(
            levels={
                name.removeprefix(LEVEL): value
                for name, value in self.data.items()
                if name.startswith(LEVEL) and value
            },
            target=self.target.data or None if "target" in self else None,
            window_days=self.window_days.data or None,
            minimum=None if least == Sample() else least,
            confidence=self.confidence.data or None,
        )


def threshold_form(levels: Sequence[tuple[str, str]]) -> type[ThresholdForm]:
    """Return the form with a field for each level, by code and label; for a target if none."""
    # words of this request and no lazy ones, which pages would take for markup
    wrong = gettext("Write a sign, a space and a number, as in >= 0.85 or <= 300.")
    asked = [Optional(), Regexp(THRESHOLD_PATTERN, message=wrong)]
    fields = {
        LEVEL + code: StringField(label, asked, filters=[stripped]) for code, label in levels
    } or {
        "target": StringField(
            _("Target"),
            [REQUIRED, Regexp(THRESHOLD_PATTERN, message=wrong)],
            filters=[stripped],
        )
    }
    return type("OneThresholdForm", (ThresholdForm,), fields)
