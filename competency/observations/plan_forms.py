"""Forms of the plan of observations and of its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from competency.observations.plan_rules import CONTACTS_MAXIMUM
from competency.observations.plans import REASON_MAXIMUM, NewPlan
from competency.people.forms import NOTHING

REQUIRED = InputRequired(message=_("This is needed."))
NUMBER = _("Choose a number of contacts from 1 to 100.")


class PlanForm(FlaskForm):
    """How many contacts a month, on which form, of whom, since when and why."""

    form = SelectField(_("Form"), [REQUIRED])
    contacts = IntegerField(
        _("Contacts of each person and month"),
        [REQUIRED, NumberRange(1, CONTACTS_MAXIMUM, message=NUMBER)],
    )
    campaign = SelectField(_("Only on the campaign"))
    position = SelectField(_("Only in the position"))
    site = SelectField(_("Only at the site"))
    starts_on = SelectField(_("From the month"), [REQUIRED])
    reason = TextAreaField(
        _("Reason"), [REQUIRED, Length(max=REASON_MAXIMUM, message=_("This is too long."))]
    )

    def offer(
        self,
        forms: Iterable[tuple[str, str]],
        places: Mapping[str, Sequence[tuple[str, str]]],
        months: Iterable[tuple[str, str]],
    ) -> None:
        """Offer forms, places and months, each as a value with its words."""
        self.form.choices = [SelectChoice(*one) for one in forms]
        self.starts_on.choices = [SelectChoice(*one) for one in months]
        for name in ("campaign", "position", "site"):
            self[name].choices = [NOTHING, *(SelectChoice(*one) for one in places[name])]

    def value(self) -> NewPlan:
        """Return what was filled in."""
        return NewPlan(
            self.form.data,
            self.contacts.data,
            date.fromisoformat(self.starts_on.data),
            self.reason.data,
            **{
                f"{name}_id": int(self[name].data) if self[name].data else None
                for name in ("campaign", "position", "site")
            },
        )


class PlanEndForm(FlaskForm):
    """From which month on a row of the plan no longer holds."""

    ends_on = SelectField(_("First month without it"), [REQUIRED])

    def offer(self, months: Iterable[tuple[str, str]]) -> None:
        """Offer months, each as a value with its words."""
        self.ends_on.choices = [SelectChoice(*one) for one in months]
