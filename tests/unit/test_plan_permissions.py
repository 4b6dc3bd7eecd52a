"""Who reads and writes a development plan, in every state, as pure decisions."""

from __future__ import annotations

from competency.assessments.schema import AppraisalFacts, State
from competency.people.schema import AccountKind, Actor, Grant, Role, Standing
from competency.progression.permissions import can_read_plan, can_write_plan

SUBJECT, SUPERVISOR, LEAD, STRANGER = range(1, 5)
PLACE = Standing(SUBJECT, supervisor_id=SUPERVISOR)
DECIDED = {State.APPROVED, State.RELEASED, State.CONTESTED, State.CLOSED}
SHOWN = DECIDED - {State.APPROVED}


def actor(employee: int, *roles: Role) -> Actor:
    """Return an employee as an actor with roles over everybody."""
    return Actor(
        account_id=employee * 10,
        public_id=f"account{employee}",
        kind=AccountKind.PERSON,
        employee_id=employee,
        grants=frozenset(Grant(role) for role in roles),
        time_zone="UTC",
    )


def writes(employee: int, *roles: Role) -> set[State]:
    """Return the states in which an employee writes the plan."""
    who = actor(employee, *roles)
    return {s for s in State if can_write_plan(who, AppraisalFacts(s, SUBJECT, LEAD), PLACE)}


def reads(employee: int, *roles: Role, reviewer: int | None = None) -> set[State]:
    """Return the states in which an employee reads the plan."""
    who = actor(employee, *roles)
    return {
        s for s in State if can_read_plan(who, AppraisalFacts(s, SUBJECT, LEAD, reviewer), PLACE)
    }


def test_supervisor_and_lead_write_once_it_is_decided_and_the_employee_once_it_is_shown() -> None:
    assert writes(SUPERVISOR) == writes(LEAD) == DECIDED
    assert writes(SUBJECT) == SHOWN


def test_no_role_writes_a_plan_not_even_over_oneself() -> None:
    assert writes(STRANGER, *Role) == set()
    assert writes(SUBJECT, *Role) == SHOWN


def test_whoever_reads_the_result_reads_the_plan_once_it_is_decided() -> None:
    assert reads(SUPERVISOR) == reads(LEAD) == DECIDED
    assert reads(SUBJECT) == reads(SUBJECT, Role.HR, Role.AUDITOR) == SHOWN
    for role in (Role.HR, Role.AUDITOR):
        assert reads(STRANGER, role) == DECIDED, role
    assert reads(STRANGER, Role.REVIEWER, reviewer=STRANGER) == DECIDED
    assert reads(STRANGER, Role.REVIEWER) == {State.CONTESTED}, "which waits for a reviewer"
    assert reads(STRANGER, Role.CERTIFIER) == {State.CLOSED}
    assert reads(STRANGER) == reads(STRANGER, Role.ADMIN) == set()


def test_who_writes_a_plan_reads_it() -> None:
    for employee in (SUBJECT, SUPERVISOR, LEAD, STRANGER):
        assert writes(employee) <= reads(employee)
