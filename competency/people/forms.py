"""Forms about people: their own data, where they work, that they left."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, DecimalField, EmailField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competency.people.models import Campaign, Employer, Position, Site, Team
from competency.people.rules import HOURS_MAXIMUM
from competency.people.schema import Names
from competency.wording import LANGUAGES

REQUIRED = InputRequired(message=_("This is needed."))
SHORT = Length(max=32, message=_("This is too long."))
NAME = Length(max=80, message=_("This is too long."))
EMAIL = Length(max=254, message=_("This is too long."))
HOURS = _("Hours a week are more than 0 and at most 80, as in 37.5.")
NOTHING = SelectChoice("", "–")


def stripped(value: str | None) -> str | None:
    """Return the text with single spaces, or ``None`` when nothing is left."""
    return " ".join(value.split()) or None if value else None


class DetailsForm(FlaskForm):
    """A person's own data."""

    given_name = StringField(_("Given name"), [REQUIRED, NAME], filters=[stripped])
    family_name = StringField(_("Family name"), [REQUIRED, NAME], filters=[stripped])
    second_family_name = StringField(
        _("Second family name"), [Optional(), NAME], filters=[stripped]
    )
    patronymic = StringField(_("Patronymic"), [Optional(), NAME], filters=[stripped])
    national_id = StringField(_("National identifier"), [Optional(), SHORT], filters=[stripped])
    email = EmailField(_("E-mail"), [Optional(), EMAIL], filters=[stripped])
    document_language = SelectField(
        _("Language of documents"),
        [REQUIRED],
        choices=[SelectChoice(*pair) for pair in LANGUAGES.items()],
    )

    weekly_hours = DecimalField(
        _("Hours a week"),
        [Optional(), NumberRange(max=HOURS_MAXIMUM, message=HOURS)],
        places=None,
    )

    def names(self) -> Names:
        """Return the parts of the name."""
        return Names(
            self.given_name.data,
            self.family_name.data,
            self.second_family_name.data,
            self.patronymic.data,
        )


class NewPersonForm(DetailsForm):
    """A new person's data, with what never changes afterwards."""

    employer = SelectField(_("Employer"), [REQUIRED])
    employee_number = StringField(_("Employee number"), [REQUIRED, SHORT], filters=[stripped])
    hired_on = DateField(_("First day of work"), [REQUIRED])

    def offer(self, employers: Sequence[Employer]) -> None:
        """Offer the employers to choose from."""
        self.employer.choices = [SelectChoice(e.public_id, e.legal_name) for e in employers]


def place_choices(sites: Sequence[Site], teams: Sequence[Team]) -> list[SelectChoice]:
    """Return the choices of a place: each site, and the teams there."""
    places = []
    for site in sites:
        places.append(SelectChoice(f"site:{site.public_id}", site.name, optgroup=site.name))
        places += [
            SelectChoice(f"team:{team.public_id}", f"{site.name}, {team.name}", optgroup=site.name)
            for team in teams
            if team.site_id == site.id
        ]
    return places


class MoveForm(FlaskForm):
    """What changes for a person from a day on; what stays the same changes nothing."""

    starts_on = DateField(_("From"), [REQUIRED])
    place = SelectField(_("Site and team"))
    position = SelectField(_("Position"))
    supervisor = StringField(
        _("Supervisor's employee number"), [Optional(), SHORT], filters=[stripped]
    )
    campaign = SelectField(_("Also works on the campaign"))

    def offer(
        self, sites: Sequence[Site], teams: Sequence[Team], positions: Sequence[Position]
    ) -> None:
        """Offer sites with their teams, and positions."""
        self.place.choices = [NOTHING, *place_choices(sites, teams)]
        self.position.choices = [NOTHING, *(SelectChoice(p.public_id, p.title) for p in positions)]

    def offer_campaigns(self, campaigns: Sequence[Campaign]) -> None:
        """Offer the campaigns that the person may join."""
        self.campaign.choices = [NOTHING, *(SelectChoice(c.public_id, c.name) for c in campaigns)]


class LeaveForm(FlaskForm):
    """From which day a person no longer works here."""

    left_on = DateField(_("First day without work here"), [REQUIRED])


class ReturnForm(FlaskForm):
    """Where somebody who left works again, and from which day."""

    starts_on = DateField(_("First day of work again"), [REQUIRED])
    place = SelectField(_("Site and team"), [REQUIRED])

    def offer(self, sites: Sequence[Site], teams: Sequence[Team]) -> None:
        """Offer sites with their teams."""
        self.place.choices = [NOTHING, *place_choices(sites, teams)]


class ImportForm(FlaskForm):
    """A CSV file of people."""

    file = FileField(_("CSV file"), [FileRequired(message=_("Choose a file."))])
    starts_on = DateField(_("Changes hold from"), [REQUIRED])
