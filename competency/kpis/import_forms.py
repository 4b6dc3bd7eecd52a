"""Forms about imports of measurements."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competency.kpis.import_mapping import names_in
from competency.kpis.import_schema import (
    BadRows,
    CampaignFrom,
    DateOrder,
    Encoding,
    ImportProfile,
    Others,
    PersonBy,
    Shape,
)
from competency.kpis.models import NAME_LENGTH, DataSource, SavedProfile

REQUIRED = InputRequired(message=_("This is needed."))
NAME = Length(max=NAME_LENGTH, message=_("This is too long."))


class FilesForm(FlaskForm):
    """Files of measurements, where they come from and how they are read."""

    files = MultipleFileField(
        _("CSV, XLSX or Parquet files"), [FileRequired(message=_("Choose a file."))]
    )
    source = SelectField(_("Source"), [REQUIRED])
    profile = SelectField(_("How they are read"))

    def offer(self, sources: Sequence[DataSource], profiles: Sequence[SavedProfile]) -> None:
        """Offer the sources, and the profiles that are kept."""
        self.source.choices = [SelectChoice(source.code, source.name) for source in sources]
        self.profile.choices = [
            SelectChoice("", _("Choose the columns on the next page")),
            *(SelectChoice(profile.public_id, profile.name) for profile in profiles),
        ]


class ReadingForm(FlaskForm):
    """How files are read, beside what each column is."""

    shape = SelectField(
        _("A row is"),
        [REQUIRED],
        choices=[
            SelectChoice(Shape.WIDE.value, _("A person's day, with a column for each figure")),
            SelectChoice(Shape.LONG.value, _("One measurement")),
            SelectChoice(Shape.CALLS.value, _("One contact, to be counted by person and day")),
        ],
    )
    separator = SelectField(
        _("Separator"),
        [REQUIRED],
        choices=[
            SelectChoice("auto", _("Found out")),
            SelectChoice(",", ","),
            SelectChoice(";", ";"),
            SelectChoice("tab", _("Tabulator")),
            SelectChoice("|", "|"),
        ],
    )
    encoding = SelectField(
        _("Encoding"),
        [REQUIRED],
        choices=[
            SelectChoice(one.value, _("Found out") if one is Encoding.FOUND_OUT else one.value)
            for one in Encoding
        ],
    )
    decimal = SelectField(
        _("Decimal mark"), [REQUIRED], choices=[SelectChoice(".", "1.5"), SelectChoice(",", "1,5")]
    )
    thousands = SelectField(
        _("Large numbers"),
        [REQUIRED],
        choices=[
            SelectChoice("none", "1000"),
            SelectChoice(".", "1.000"),
            SelectChoice(",", "1,000"),
            SelectChoice(" ", "1 000"),
            SelectChoice("'", "1'000"),
        ],
    )
    dates = SelectField(
        _("Days"),
        [REQUIRED],
        choices=[
            SelectChoice(DateOrder.YMD.value, "2026-03-31"),
            SelectChoice(DateOrder.DMY.value, "31-03-2026"),
            SelectChoice(DateOrder.MDY.value, "03-31-2026"),
        ],
    )
    by = SelectField(
        _("People are named by"),
        [REQUIRED],
        choices=[
            SelectChoice(PersonBy.NUMBER.value, _("Employee number")),
            SelectChoice(PersonBy.EXTERNAL.value, _("The source's own name for them")),
        ],
    )
    campaign = SelectField(
        _("Campaign, where no column says it"),
        [REQUIRED],
        choices=[
            SelectChoice(CampaignFrom.ASSIGNMENT.value, _("The person's campaign of that day")),
            SelectChoice(CampaignFrom.FIXED.value, _("One for all rows")),
            SelectChoice(CampaignFrom.NONE.value, _("None")),
        ],
    )
    code = StringField(_("Code of the one campaign"), [Optional(), NAME])
    names = TextAreaField(
        _("The source's names of indicators"),
        [Optional(), Length(max=5000, message=_("This is too long."))],
    )
    kept_days = IntegerField(
        _("Days for which references of contacts are kept"),
        [Optional(), NumberRange(1, 100, message=_("Choose between 1 and 100 days."))],
        default=45,
    )
    rounds = BooleanField(_("Round what is finer than a thousandth"))
    sets_aside = BooleanField(_("Set rows with a fault aside and import the rest"))
    refuses_others = BooleanField(_("Refuse columns that are not used"))
    name = StringField(_("Keep this profile as"), [Optional(), NAME])

    def show(self, profile: ImportProfile) -> None:
        """Show what a profile says."""
        files = profile.files
        self.shape.data = profile.shape.value
        self.separator.data, self.encoding.data = files.separator, files.encoding.value
        self.decimal.data, self.thousands.data = files.decimal, files.thousands
        self.dates.data, self.by.data = files.dates.value, profile.person.by.value
        take = profile.campaign.take
        self.campaign.data = CampaignFrom.ASSIGNMENT.value if profile.campaign.column else take
        self.code.data = profile.campaign.code
        if profile.long is not None:
            names = profile.long.names.items()
            self.names.data = "\n".join(f"{theirs} = {ours}" for theirs, ours in names)
        if profile.contact is not None:
            self.kept_days.data = profile.contact.kept_days
        self.rounds.data = bool(files.rounds)
        self.sets_aside.data = profile.bad_rows is BadRows.SET_ASIDE
        self.refuses_others.data = profile.others is Others.REFUSE

    def settings(self, source: str) -> dict[str, object]:
        """Return the keys of a profile that no column decides."""
        files: dict[str, object] = {
            name: self[name].data
            for name in ("separator", "encoding", "decimal", "thousands", "dates")
        }
        if self.rounds.data:
            files["rounds"] = "true"
        campaign: dict[str, object] = {"take": self.campaign.data}
        if self.campaign.data == CampaignFrom.FIXED.value:
            campaign["code"] = (self.code.data or "").strip() or None
        return {
            "format": "1",
            "source": source,
            "names": names_in(self.names.data or ""),
            "kept_days": self.kept_days.data,
            "shape": self.shape.data,
            "files": files,
            "person": {"by": self.by.data},
            "campaign": campaign,
            "others": Others.REFUSE.value if self.refuses_others.data else Others.IGNORE.value,
            "bad_rows": BadRows.SET_ASIDE.value if self.sets_aside.data else BadRows.REFUSE.value,
        }


class TextForm(FlaskForm):
    """A profile as its text."""

    text = TextAreaField(
        _("Profile"), [REQUIRED, Length(max=50_000, message=_("This is too long."))]
    )
    name = StringField(_("Keep this profile as"), [Optional(), NAME])


class ReversalForm(FlaskForm):
    """Why an import is reversed."""

    reason = TextAreaField(
        _("Reason"), [REQUIRED, Length(max=1000, message=_("This is too long."))]
    )
