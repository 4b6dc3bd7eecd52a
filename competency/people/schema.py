"""Value types of people and access; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from competency.clock import local_date


class Role(StrEnum):
    """What a grant allows.

    Being an employee or a supervisor is no grant: the first follows from the account,
    the second from today's reporting lines (ADR 0003).
    """

    ASSESSOR = "assessor"
    QUALITY_ANALYST = "quality_analyst"
    REVIEWER = "reviewer"
    CERTIFIER = "certifier"
    HR = "hr"
    AUDITOR = "auditor"
    ADMIN = "admin"


class ScopeKind(StrEnum):
    """Over whom a grant holds."""

    ALL = "all"
    SITE = "site"
    CAMPAIGN = "campaign"
    TEAM = "team"


class AccountKind(StrEnum):
    """People sign in; the system acts on schedules and never signs in."""

    PERSON = "person"
    SYSTEM = "system"


class AccountState(StrEnum):
    """An invited account has no password yet; an ended one can't sign in.

    It is invited again when its person is taken back.
    """

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True)
class Grant:
    """One role over one scope; ``scope_id`` is ``None`` for all."""

    role: Role
    scope_kind: ScopeKind = ScopeKind.ALL
    scope_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: resolved once at the edge and passed to every operation."""

    account_id: int
    public_id: str
    kind: AccountKind
    employee_id: int | None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    time_zone: str = "UTC"

    def today(self, now: datetime) -> date:
        """Return the calendar date of ``now`` at the actor's place of work."""
        return local_date(now, self.time_zone)

    def has(self, *roles: Role) -> bool:
        """Return whether any grant gives one of ``roles``, over whatever scope."""
        return any(grant.role in roles for grant in self.grants)

    def has_over_all(self, *roles: Role) -> bool:
        """Return whether any grant gives one of ``roles`` over everybody."""
        return any(Grant(role) in self.grants for role in roles)

    @property
    def is_system(self) -> bool:
        """Return whether this is the named system actor."""
        return self.kind is AccountKind.SYSTEM


@dataclass(frozen=True)
class Standing:
    """Where one employee stands today: what permission is decided on."""

    employee_id: int
    supervisor_id: int | None = None
    site_id: int | None = None
    team_id: int | None = None
    campaign_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Names:
    """A person's name in parts; any but the given and the family name may be missing."""

    given: str
    family: str
    second_family: str | None = None
    patronymic: str | None = None
