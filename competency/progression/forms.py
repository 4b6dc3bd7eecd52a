"""Forms of the development plan."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from competency.progression.operations import TEXT_MAXIMUM, ActionDetails
from competency.progression.schema import ActionKind


class ActionForm(FlaskForm):
    """One action; the choices of criteria and owners come from the plan."""

    criteria = SelectMultipleField(lazy_gettext("Criteria"), validators=[DataRequired()])
    kind = SelectField(lazy_gettext("Kind"), validators=[DataRequired()])
    text = TextAreaField(
        lazy_gettext("What will be done"), validators=[DataRequired(), Length(max=TEXT_MAXIMUM)]
    )
    owner = SelectField(lazy_gettext("Who does it"), validators=[DataRequired()])
    due_on = DateField(lazy_gettext("By when"), validators=[InputRequired()])
    measure = StringField(lazy_gettext("How it will show"), validators=[Length(max=TEXT_MAXIMUM)])
    version = HiddenField(default="0")

    def refuse(self, field: str | None, message: str) -> None:
        """Put what an operation refused beside its field, or beside the text."""
        found = getattr(self, field or "text", self.text)
        found.errors = [*found.errors, message]

    def details(self) -> ActionDetails:
        """Return what was entered, as the operation takes it."""
        return ActionDetails(
            criteria=tuple(self.criteria.data or ()),
            kind=ActionKind(self.kind.data),
            text=self.text.data or "",
            owner_id=int(self.owner.data),
            due_on=self.due_on.data,
            measure=self.measure.data or "",
        )
