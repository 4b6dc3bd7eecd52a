"""Pages of other people's access: accounts, roles, invitations, the end of access."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.people import access as operations
from competency.people.access_forms import ROLE_LABELS, SCOPE_LABELS, GrantForm
from competency.people.access_views import access_pages, show_refusal, status_of
from competency.people.account_queries import (
    NO_ACCOUNT,
    account_of,
    accounts,
    grants,
    open_invitation,
)
from competency.people.models import Account, Campaign, Employee, Site, Team
from competency.people.permissions import can_grant, can_invite, can_read_accounts
from competency.people.queries import campaigns, sites, standing, teams
from competency.people.schema import AccountState, Role, ScopeKind
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import stages

PAGE_SIZE = 25
CODE_OF = "code:"
STATES = (*(state.value for state in AccountState), NO_ACCOUNT)


def _person(public_id: str) -> Employee:
    """Return a person by public identifier; ``NotFound``."""
    found = db.session.scalar(sa.select(Employee).where(Employee.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def _account(public_id: str) -> tuple[Employee, Account]:
    """Return a person and their account; ``NotFound`` where there is none."""
    employee = _person(public_id)
    account = account_of(db.session, employee.id)
    if account is None:
        raise NotFound
    return employee, account


@access_pages.get("/accounts", endpoint="accounts")
@access(Role.ADMIN, Role.AUDITOR, over_all=True)
def accounts_page() -> ResponseReturnValue:
    """List people with their access."""
    search, page = request.args.get("search", "").strip(), page_number()
    state, role = request.args.get("state", ""), request.args.get("role", "")
    rows, total = accounts(
        db.session,
        actor(),
        search=search,
        state=state if state in STATES else "",
        role=Role(role) if role in set(Role) else None,
        page=page,
        page_size=PAGE_SIZE,
    )
    return render_template(
        "access/accounts.html",
        rows=rows,
        part=Pager(page, PAGE_SIZE, total),
        search=search,
        state=state,
        role=role,
        roles=ROLE_LABELS,
        may_invite=actor().has(Role.ADMIN),
    )


@access_pages.get("/accounts/<public_id>")
@access(Role.ADMIN, Role.AUDITOR, over_all=True)
def account(public_id: str) -> ResponseReturnValue:
    """Show a person's access: state, roles over whom, and their history."""
    return _account_page(public_id, GrantForm())


def _account_page(public_id: str, form: GrantForm) -> str:
    """Return the page of a person's access."""
    if not can_read_accounts(actor()):
        raise NotFound
    now, employee = clock.now(), _person(public_id)
    found = account_of(db.session, employee.id)
    may_change = found is not None and can_grant(actor(), found.id)
    if may_change:
        form.scope.choices = _scopes()
    where = standing(db.session, employee.id, actor().today(now))
    return render_template(
        "access/account.html",
        employee=employee,
        account=found,
        form=form,
        grants=grants(db.session, found) if found else [],
        invitation=open_invitation(db.session, found, now) if found else None,
        may_change=may_change,
        may_invite=can_invite(actor(), where),
        roles=ROLE_LABELS,
        scopes=SCOPE_LABELS,
    )


def _scopes() -> list[SelectChoice]:
    """Return what a grant can be limited to, for the picker."""
    groups: tuple[tuple[ScopeKind, str, Sequence[Site | Team | Campaign]], ...] = (
        (ScopeKind.SITE, _("Sites"), sites(db.session)),
        (ScopeKind.TEAM, _("Teams"), teams(db.session)),
        (ScopeKind.CAMPAIGN, _("Campaigns"), campaigns(db.session)),
    )
    return [
        SelectChoice(ScopeKind.ALL.value, str(SCOPE_LABELS[ScopeKind.ALL])),
        *(
            SelectChoice(f"{kind.value}:{row.public_id}", row.name, optgroup=label)
            for kind, label, rows in groups
            for row in rows
        ),
    ]


def _scope_of(value: str) -> tuple[ScopeKind, int | None]:
    """Return what the picker's value names; raise ``Invalid``."""
    kind, _colon, public_id = value.partition(":")
    if kind == ScopeKind.ALL:
        return ScopeKind.ALL, None
    rows: Sequence[Site | Team | Campaign] = ()
    match kind:
        case ScopeKind.SITE:
            rows = sites(db.session)
        case ScopeKind.TEAM:
            rows = teams(db.session)
        case ScopeKind.CAMPAIGN:
            rows = campaigns(db.session)
    for row in rows:
        if row.public_id == public_id:
            return ScopeKind(kind), row.id
    raise Invalid("Choose over whom the role holds.", "scope")


@access_pages.post("/accounts/<public_id>/grants")
@access(Role.ADMIN)
def grant(public_id: str) -> ResponseReturnValue:
    """Grant a role over a scope."""
    _employee, found = _account(public_id)
    form = GrantForm()
    form.scope.choices = _scopes()
    if form.validate_on_submit():
        try:
            scope_kind, scope_id = _scope_of(form.scope.data)
            operations.grant_role(
                db.session,
                actor=actor(),
                now=clock.now(),
                account=found,
                role=Role(form.role.data),
                scope_kind=scope_kind,
                scope_id=scope_id,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The role was granted."))
            return redirect(url_for("access.account", public_id=public_id))
    status = status_of(form)
    return _account_page(public_id, form), status


@access_pages.post("/accounts/<public_id>/grants/<grant_id>/revoke")
@access(Role.ADMIN)
def revoke(public_id: str, grant_id: str) -> ResponseReturnValue:
    """Revoke a role; it stops working at the account's next request."""
    _employee, found = _account(public_id)
    if all(row.grant.public_id != grant_id for row in grants(db.session, found)):
        raise NotFound
    operations.revoke_role(db.session, actor=actor(), now=clock.now(), public_id=grant_id)
    flash(_("The role was revoked."))
    return redirect(url_for("access.account", public_id=public_id))


@access_pages.post("/accounts/<public_id>/invitation")
@access(Role.ADMIN, Role.HR)
@stages
def invite(public_id: str) -> ResponseReturnValue:
    """Make a one-time code, and lead to the page that shows it, this once."""
    now = clock.now()
    with unit_of_work(db.session):
        employee = _invitable(public_id)
        found = account_of(db.session, employee.id) or operations.make_account(
            db.session,
            actor=actor(),
            now=now,
            employee=employee,
            language=employee.document_language,
        )
        code = operations.invite(db.session, actor=actor(), now=now, account=found)
    # For the one answer after this: the database has no more than the code's digest.
    session[CODE_OF + public_id] = code
    return redirect(url_for("access.invitation", public_id=public_id))


@access_pages.get("/accounts/<public_id>/invitation")
@access(Role.ADMIN, Role.HR)
def invitation(public_id: str) -> ResponseReturnValue:
    """Show the code that was just made, to be printed; read again, it makes no other one."""
    employee = _invitable(public_id)
    found = account_of(db.session, employee.id)
    return render_template(
        "access/invitation.html",
        employee=employee,
        code=session.pop(CODE_OF + public_id, None),
        invitation=open_invitation(db.session, found, clock.now()) if found else None,
        may_read_account=can_read_accounts(actor()),
    )


def _invitable(public_id: str) -> Employee:
    """Return somebody whom the actor may give a code; ``NotFound`` otherwise."""
    employee = _person(public_id)
    where = standing(db.session, employee.id, actor().today(clock.now()))
    if not can_invite(actor(), where):
        raise NotFound
    return employee


@access_pages.post("/accounts/<public_id>/end")
@access(Role.ADMIN)
def end(public_id: str) -> ResponseReturnValue:
    """End a person's access; every browser is signed out at its next request."""
    employee, found = _account(public_id)
    operations.end_access(db.session, actor=actor(), now=clock.now(), account=found)
    flash(_("The access of %(name)s has ended.", name=employee.printed_name))
    return redirect(url_for("access.account", public_id=public_id))
