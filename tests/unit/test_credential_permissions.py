"""Who decides on credentials, finishes them and reads them, as pure decisions."""

from __future__ import annotations

from dataclasses import replace

from competency.assessments.schema import AppraisalFacts, State
from competency.credentials.permissions import can_finish, can_issue, can_read_credential
from competency.people.schema import AccountKind, Actor, Grant, Role, ScopeKind, Standing

SUBJECT, SUPERVISOR, LEAD, REVIEWER, CERTIFIER = range(1, 6)
SITE = 7
FACTS = AppraisalFacts(State.CLOSED, SUBJECT, LEAD, REVIEWER)
PLACE = Standing(SUBJECT, supervisor_id=SUPERVISOR, site_id=SITE)


def actor(employee: int, *grants: Grant) -> Actor:
    """Return an employee as an actor with grants."""
    return Actor(
        account_id=employee * 10,
        public_id=f"account{employee}",
        kind=AccountKind.PERSON,
        employee_id=employee,
        grants=frozenset(grants),
        time_zone="UTC",
    )


def issues(employee: int, *grants: Grant, took_part: bool = False) -> bool:
    """Return whether an employee with grants decides on the attestation."""
    return can_issue(actor(employee, *grants), FACTS, PLACE, took_part=took_part)


EVERYWHERE = Grant(Role.CERTIFIER)


def test_a_certifier_in_scope_who_had_no_part_decides() -> None:
    assert issues(CERTIFIER, EVERYWHERE)
    assert issues(CERTIFIER, Grant(Role.CERTIFIER, ScopeKind.SITE, SITE))
    assert not issues(CERTIFIER, Grant(Role.CERTIFIER, ScopeKind.SITE, SITE + 1))


def test_each_part_in_the_appraisal_alone_keeps_a_certifier_from_deciding() -> None:
    for employee in (SUBJECT, SUPERVISOR, LEAD, REVIEWER):
        assert not issues(employee, EVERYWHERE), employee
    assert not issues(CERTIFIER, EVERYWHERE, took_part=True)


def test_no_other_role_decides() -> None:
    for role in set(Role) - {Role.CERTIFIER}:
        assert not issues(CERTIFIER, Grant(role)), role


def test_the_decider_another_certifier_and_the_system_finish_an_entry() -> None:
    decided_by = CERTIFIER * 10
    assert can_finish(actor(CERTIFIER), decided_by, PLACE)
    assert can_finish(actor(LEAD, EVERYWHERE), decided_by, PLACE)
    system = replace(actor(9), kind=AccountKind.SYSTEM, employee_id=None)
    assert can_finish(system, decided_by, PLACE)
    assert not can_finish(actor(SUBJECT, EVERYWHERE), decided_by, PLACE)
    assert not can_finish(actor(SUPERVISOR, Grant(Role.HR)), decided_by, PLACE)


def test_the_holder_the_supervisor_and_three_roles_in_scope_read_a_document() -> None:
    assert can_read_credential(actor(SUBJECT), PLACE)
    assert can_read_credential(actor(SUPERVISOR), PLACE)
    for role in Role:
        reads = role in {Role.HR, Role.CERTIFIER, Role.AUDITOR}
        assert can_read_credential(actor(9, Grant(role)), PLACE) is reads, role
        elsewhere = Grant(role, ScopeKind.SITE, SITE + 1)
        assert not can_read_credential(actor(9, elsewhere), PLACE), role
    assert not can_read_credential(actor(LEAD), PLACE)
