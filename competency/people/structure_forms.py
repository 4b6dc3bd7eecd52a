"""Forms of the organisation: itself, its employers and logos, and what it is divided into."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import ColorField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competency.people.forms import SHORT, stripped
from competency.people.models import Employer, Site
from competency.people.organisation import (
    ANSWER_DAYS_MAXIMUM,
    CERTIFICATION_DAYS_MAXIMUM,
    CERTIFICATION_MONTHS_MAXIMUM,
    EmployerDetails,
)
from competency.wording import LANGUAGES

REQUIRED = InputRequired(message=_("This is needed."))
NAME = Length(max=120, message=_("This is too long."))
CODE = Length(max=64, message=_("This is too long."))


class OrganisationForm(FlaskForm):
    """What every document says of the organisation."""

    name = StringField(lazy_pgettext("place", "Name"), [REQUIRED, NAME], filters=[stripped])
    accent_colour = ColorField(_("Accent colour of documents"), [REQUIRED])


class EmployerForm(FlaskForm):
    """What documents say of an employer, and where its days begin."""

    legal_name = StringField(_("Legal name"), [REQUIRED, NAME], filters=[stripped])
    tax_number = StringField(_("Tax number"), [Optional(), SHORT], filters=[stripped])
    time_zone = StringField(_("Time zone"), [REQUIRED, CODE], filters=[stripped])
    language = SelectField(
        _("Language of documents"),
        [REQUIRED],
        choices=[SelectChoice(*pair) for pair in LANGUAGES.items()],
    )

    answer_days = IntegerField(
        _("Days to answer a request to be assessed"),
        [
            REQUIRED,
            NumberRange(1, ANSWER_DAYS_MAXIMUM, message=_("Choose between 1 and 90 days.")),
        ],
        default=10,
    )
    certification_months = IntegerField(
        _("Months of employment before a certification"),
        [
            REQUIRED,
            NumberRange(
                0, CERTIFICATION_MONTHS_MAXIMUM, message=_("Choose between 0 and 120 months.")
            ),
        ],
        default=0,
    )
    certification_days = IntegerField(
        _("Days after a certification that was not reached"),
        [
            REQUIRED,
            NumberRange(0, CERTIFICATION_DAYS_MAXIMUM, message=_("Choose between 0 and 730 days.")),
        ],
        default=0,
    )

    def details(self) -> EmployerDetails:
        """Return what was filled in."""
        return EmployerDetails(
            self.legal_name.data,
            self.tax_number.data,
            self.time_zone.data,
            self.language.data,
            self.answer_days.data,
            self.certification_months.data,
            self.certification_days.data,
        )


class NewEmployerForm(EmployerForm):
    """A new employer, with what never changes afterwards."""

    code = StringField(_("Code"), [REQUIRED, SHORT], filters=[stripped])
    country = StringField(_("Country"), [REQUIRED, CODE], filters=[stripped])


class LogoForm(FlaskForm):
    """A picture for the documents."""

    logo = FileField(_("Logo"), [FileRequired(message=_("Choose a file."))])


class NameForm(FlaskForm):
    """Another name for a team or a campaign."""

    name = StringField(lazy_pgettext("place", "Name"), [REQUIRED, NAME], filters=[stripped])


class SiteForm(NameForm):
    """A site's name and time zone."""

    time_zone = StringField(_("Time zone"), [REQUIRED, CODE], filters=[stripped])


class NewSiteForm(SiteForm):
    """A new site of an employer."""

    owner = SelectField(_("Employer"), [REQUIRED])

    def offer(self, owners: Sequence[Employer]) -> None:
        """Offer the employers to choose from."""
        self.owner.choices = [SelectChoice(one.public_id, one.legal_name) for one in owners]


class NewTeamForm(NameForm):
    """A new team of a site."""

    owner = SelectField(_("Site"), [REQUIRED])

    def offer(self, owners: Sequence[Site]) -> None:
        """Offer the sites to choose from."""
        self.owner.choices = [SelectChoice(one.public_id, one.name) for one in owners]


class NewCampaignForm(NameForm):
    """A new campaign of an employer."""

    code = StringField(_("Code"), [REQUIRED, SHORT], filters=[stripped])
    owner = SelectField(_("Employer"), [REQUIRED])

    def offer(self, owners: Sequence[Employer]) -> None:
        """Offer the employers to choose from."""
        self.owner.choices = [SelectChoice(one.public_id, one.legal_name) for one in owners]


class PositionForm(FlaskForm):
    """Another title for a position."""

    title = StringField(_("Title"), [REQUIRED, NAME], filters=[stripped])


class NewPositionForm(PositionForm):
    """A new position."""

    code = StringField(_("Code"), [REQUIRED, CODE], filters=[stripped])
