"""Who may see and change people and access; pure.

Every decision is on an ``Actor`` and where the other person stands today.
"""

from __future__ import annotations

from competency.people.schema import Actor, Grant, Role, ScopeKind, Standing

READERS = (Role.HR, Role.AUDITOR)
"""The roles that read people in their scope."""


def covers(grant: Grant, standing: Standing) -> bool:
    """Return whether the scope of ``grant`` holds the person."""
    match grant.scope_kind:
        case ScopeKind.ALL:
            return True
        case ScopeKind.SITE:
            return grant.scope_id == standing.site_id
        case ScopeKind.TEAM:
            return grant.scope_id == standing.team_id
        case ScopeKind.CAMPAIGN:
            return grant.scope_id in standing.campaign_ids


def holds(actor: Actor, role: Role, standing: Standing) -> bool:
    """Return whether the actor has ``role`` over the person."""
    return any(grant.role is role and covers(grant, standing) for grant in actor.grants)


def is_self(actor: Actor, standing: Standing) -> bool:
    """Return whether the person is the actor."""
    return actor.employee_id is not None and actor.employee_id == standing.employee_id


def is_supervisor(actor: Actor, standing: Standing) -> bool:
    """Return whether the person reports to the actor today."""
    return actor.employee_id is not None and actor.employee_id == standing.supervisor_id


def can_read_person(actor: Actor, standing: Standing) -> bool:
    """Oneself, direct reports, and HR and auditors in their scope."""
    return (
        is_self(actor, standing)
        or is_supervisor(actor, standing)
        or any(holds(actor, role, standing) for role in READERS)
    )


def can_manage_person(actor: Actor, standing: Standing) -> bool:
    """HR in scope, and never themselves."""
    return holds(actor, Role.HR, standing) and not is_self(actor, standing)


def can_create_person(actor: Actor) -> bool:
    """HR over all; the system when it fills a demonstration."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_change_structure(actor: Actor) -> bool:
    """Admit whoever may create people: the structure holds for everybody."""
    return can_create_person(actor)


def can_change_teams(actor: Actor, site_id: int) -> bool:
    """HR over all, and HR over the site for its own teams."""
    return can_change_structure(actor) or Grant(Role.HR, ScopeKind.SITE, site_id) in actor.grants


def can_read_all_structure(actor: Actor) -> bool:
    """HR and auditors over all; admins, who grant roles over parts of the structure."""
    return actor.is_system or actor.has_over_all(*READERS, Role.ADMIN)


def can_grant(actor: Actor, account_id: int) -> bool:
    """Admit an admin, never to their own account; the system, when it is set up."""
    return actor.is_system or (actor.has(Role.ADMIN) and actor.account_id != account_id)


def can_invite(actor: Actor, standing: Standing) -> bool:
    """Admins, and whoever manages the person; nobody invites themselves."""
    if is_self(actor, standing):
        return False
    return actor.is_system or actor.has(Role.ADMIN) or can_manage_person(actor, standing)


def can_read_accounts(actor: Actor) -> bool:
    """Admins see accounts and grants; auditors over all read them."""
    return actor.has_over_all(Role.ADMIN, Role.AUDITOR)
