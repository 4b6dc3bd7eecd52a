"""Forms of sign-in, codes, passwords and grants."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from competency.people.rules import PASSWORD_MAXIMUM
from competency.people.schema import Role, ScopeKind

ROLE_LABELS = {
    Role.ASSESSOR: _("Assessor"),
    Role.QUALITY_ANALYST: _("Quality analyst"),
    Role.REVIEWER: _("Reviewer"),
    Role.CERTIFIER: _("Certifier"),
    Role.HR: _("Human resources"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMIN: _("Administrator"),
}
SCOPE_LABELS = {
    ScopeKind.ALL: _("Everyone"),
    ScopeKind.SITE: _("Site"),
    ScopeKind.CAMPAIGN: _("Campaign"),
    ScopeKind.TEAM: _("Team"),
}

LONGEST = Length(max=PASSWORD_MAXIMUM, message=_("This is too long."))
NUMBER = Length(max=32, message=_("This is too long."))
REQUIRED = InputRequired(message=_("This is needed."))


class SignInForm(FlaskForm):
    """Employee number and password."""

    employee_number = StringField(_("Employee number"), [REQUIRED, NUMBER])
    password = PasswordField(_("Password"), [REQUIRED, LONGEST])


class CodeForm(FlaskForm):
    """Employee number, one-time code, and the password that it sets."""

    employee_number = StringField(_("Employee number"), [REQUIRED, NUMBER])
    code = StringField(_("Code"), [REQUIRED, NUMBER])
    password = PasswordField(_("New password"), [REQUIRED, LONGEST])
    again = PasswordField(
        _("New password again"),
        [REQUIRED, EqualTo("password", message=_("The two passwords differ."))],
    )


class PasswordForm(FlaskForm):
    """The current password and the one that replaces it."""

    current = PasswordField(_("Current password"), [REQUIRED, LONGEST])
    password = PasswordField(_("New password"), [REQUIRED, LONGEST])
    again = PasswordField(
        _("New password again"),
        [REQUIRED, EqualTo("password", message=_("The two passwords differ."))],
    )


class GrantForm(FlaskForm):
    """A role, and over whom it holds (``all`` or ``kind:public identifier``)."""

    role = SelectField(
        _("Role"), [REQUIRED], choices=[SelectChoice(*pair) for pair in ROLE_LABELS.items()]
    )
    scope = SelectField(_("Over whom"), [REQUIRED])
