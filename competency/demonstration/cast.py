"""Who is in the demonstration: one fictional operator, two sites, four teams, 64 people.

Family names are the words for example, sample, draft and the like, so that nobody takes
them for people who exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from competency.errors import message_id
from competency.people.schema import Names, Role
from competency.people.structure import (
    CampaignPart,
    EmployerPart,
    PositionPart,
    SitePart,
    Structure,
)

PASSWORD = "demostración sin datos reales"  # noqa: S105 - shown on the sign-in page

STRUCTURE = Structure(
    organisation="Operadora Ejemplo",
    accent_colour="#0f4c5c",
    employers=(
        EmployerPart(
            code="OEC",
            legal_name="Operadora Ejemplo Chile SpA",
            country="CL",
            tax_number="76.000.000-0",
            time_zone="America/Santiago",
            language="es",
            sites=(
                SitePart(name="Santiago", time_zone="America/Santiago", teams=("Alfa 1", "Alfa 2")),
            ),
            campaigns=(CampaignPart(code="ALFA", name="Servicio Alfa"),),
        ),
        EmployerPart(
            code="OEI",
            legal_name="Operadora Ejemplo Italia S.r.l.",
            country="IT",
            tax_number="99999999990",
            time_zone="Europe/Rome",
            language="it",
            sites=(SitePart(name="Bologna", time_zone="Europe/Rome", teams=("Beta 1", "Beta 2")),),
            campaigns=(CampaignPart(code="BETA", name="Servizio Beta"),),
        ),
    ),
    positions=(
        PositionPart(code="head", title="Jefatura del centro de contacto"),
        PositionPart(code="supervisor", title="Supervisor"),
        PositionPart(code="operator", title="Operador de atención al cliente"),
        PositionPart(code="workforce-specialist", title="Especialista en planificación de turnos"),
        PositionPart(code="quality-specialist", title="Especialista en calidad"),
        PositionPart(code="trainer", title="Formador"),
        PositionPart(code="hr-manager", title="Gestión de personas"),
        PositionPart(code="it-specialist", title="Especialista en sistemas"),
    ),
)
"""The codes of the positions are those of the published positions of a contact centre."""


@dataclass(frozen=True)
class Person:
    """One of the cast: who they are and where they stand; ``what`` only for those listed."""

    number: str
    names: Names
    employer: str
    team: str
    position: str
    language: str
    role: Role | None = None
    supervisor: str | None = None
    what: str | None = None


STAFF = (
    Person("D100", Names("Hortensia", "Ejemplo", "Demo"), "OEC", "Alfa 1", "hr-manager", "es",
           Role.HR, what=message_id("Human resources: opens cycles, releases results")),
    Person("D110", Names("Ginevra", "Esempio"), "OEI", "Beta 1", "hr-manager", "it", Role.HR),
    Person("D120", Names("Jacinta", "Muestra", "Demo"), "OEC", "Alfa 1", "head", "es",
           supervisor="D100", what=message_id("Head of the centre: appraises the supervisors")),
    Person("D130", Names("Ottavia", "Campione"), "OEI", "Beta 1", "head", "it",
           supervisor="D110"),
    Person("D200", Names("Simón", "Muestra", "Demo"), "OEC", "Alfa 1", "supervisor", "es",
           supervisor="D120", what=message_id("Supervisor: appraises his people")),
    Person("D210", Names("Celeste", "Supuesta", "Demo"), "OEC", "Alfa 2", "supervisor", "es",
           supervisor="D120", what=message_id("Supervisor: with attestation and plan")),
    Person("D220", Names("Fabrizio", "Ipotesi"), "OEI", "Beta 1", "supervisor", "it",
           supervisor="D130"),
    Person("D230", Names("Letizia", "Bozza"), "OEI", "Beta 2", "supervisor", "it",
           supervisor="D130"),
    Person("D400", Names("Renata", "Irreale"), "OEI", "Beta 1", "quality-specialist", "it",
           Role.REVIEWER, what=message_id("Reviewer: checks what was submitted")),
    Person("D410", Names("Rómulo", "Irreal", "Demo"), "OEC", "Alfa 1", "quality-specialist", "es",
           Role.REVIEWER),
    Person("D500", Names("Carla", "Simulata"), "OEI", "Beta 1", "hr-manager", "it",
           Role.CERTIFIER, what=message_id("Certifier: decides on attestations")),
    Person("D600", Names("Агния", "Примерова", None, "Вымысловна"), "OEI", "Beta 1",
           "hr-manager", "ru", Role.AUDITOR, what=message_id("Auditor: verifies the chain")),
    Person("D700", Names("Ada", "Placeholder"), "OEI", "Beta 1", "it-specialist", "en",
           Role.ADMIN, what=message_id("Administrator: accounts and roles")),
    Person("D800", Names("Tadeo", "Boceto", "Demo"), "OEC", "Alfa 2", "trainer", "es",
           supervisor="D120"),
    Person("D810", Names("Vera", "Traccia"), "OEI", "Beta 2", "trainer", "it",
           supervisor="D130",
           what=message_id("Assessor: a practical test to record and a certification to judge")),
    Person("D900", Names("Ottone", "Prova"), "OEI", "Beta 2", "workforce-specialist", "it",
           supervisor="D130", what=message_id("Scheduler: certified unit by unit")),
)  # fmt: skip

AURORA, BRUNO = "D301", "D302"
LISTED = {
    AURORA: message_id("Employee: at the second level in seven criteria of nine"),
    BRUNO: message_id("Employee: a delivered result to acknowledge"),
}

_SPANISH = (
    ("Aurora", "Ficticia"), ("Bruno", "Inventado"), ("Clemente", "Ensayo"),
    ("Delfina", "Plantilla"), ("Emilio", "Molde"), ("Florencia", "Maqueta"),
    ("Gaspar", "Boceto"), ("Herminia", "Esbozo"), ("Isidro", "Patrón"),
    ("Julieta", "Prueba"), ("Lautaro", "Modelo"), ("Maite", "Figura"),
    ("Nicanor", "Ejemplo"), ("Olivia", "Muestra"), ("Pascual", "Supuesto"),
    ("Quena", "Ficticia"), ("Rosendo", "Imaginado"), ("Salomé", "Ensayo"),
    ("Teodoro", "Maqueta"), ("Úrsula", "Simulada"), ("Valentín", "Borrador"),
    ("Ximena", "Plantilla"), ("Yolanda", "Boceto"), ("Zacarías", "Molde"),
)  # fmt: skip
_ITALIAN = (
    ("Amelia", "Esempio"), ("Biagio", "Campione"), ("Cosima", "Bozza"),
    ("Dante", "Schizzo"), ("Elettra", "Modello"), ("Furio", "Saggio"),
    ("Greta", "Traccia"), ("Iacopo", "Prova"), ("Lavinia", "Finzione"),
    ("Manlio", "Ipotesi"), ("Noemi", "Fantasia"), ("Orlando", "Simulato"),
    ("Penelope", "Esempio"), ("Quirino", "Campione"), ("Rosalba", "Bozza"),
    ("Saverio", "Schizzo"), ("Tecla", "Modello"), ("Ugo", "Saggio"),
    ("Viola", "Traccia"), ("Zeno", "Prova"), ("Allegra", "Finzione"),
    ("Brando", "Ipotesi"), ("Clelia", "Fantasia"), ("Duccio", "Simulato"),
)  # fmt: skip

TEAMS = {"Alfa 1": ("D200", 301), "Alfa 2": ("D210", 321), "Beta 1": ("D220", 341),
         "Beta 2": ("D230", 361)}  # fmt: skip
"""Each team's supervisor, and the first number of its twelve agents."""
AGENTS_OF_A_TEAM = 12


def _agents() -> tuple[Person, ...]:
    """Return the agents, twelve a team, in the order of their numbers."""
    found = []
    for place, (team, (supervisor, first)) in enumerate(TEAMS.items()):
        spanish = team.startswith("Alfa")
        names = _SPANISH if spanish else _ITALIAN
        start = (place % 2) * AGENTS_OF_A_TEAM
        for offset, (given, family) in enumerate(names[start : start + AGENTS_OF_A_TEAM]):
            number = f"D{first + offset}"
            found.append(
                Person(
                    number,
                    Names(given, family, "Demo" if spanish else None),
                    "OEC" if spanish else "OEI",
                    team,
                    "operator",
                    "es" if spanish else "it",
                    supervisor=supervisor,
                    what=LISTED.get(number),
                )
            )
    return tuple(found)


CAST = (*STAFF, *_agents())
"""All 64, supervisors before those who report to them."""


FULL_TIME = Decimal(40)
PART_TIME = {
    AURORA: Decimal(30),
    "D306": Decimal(20),
    "D327": Decimal("37.5"),
    "D344": Decimal(30),
    "D366": Decimal(24),
}
"""Hours a week of those who don't work full time; Aurora's are part of the story."""


def weekly_hours(number: str) -> Decimal:
    """Return how many hours a week somebody of the cast works."""
    return PART_TIME.get(number, FULL_TIME)


def agents_of(team: str) -> tuple[str, ...]:
    """Return the numbers of a team's agents."""
    return tuple(p.number for p in CAST if p.team == team and p.position == "operator")


def sign_ins() -> list[tuple[str, str, str]]:
    """Return employee number, name and purpose of those whom the sign-in page lists."""
    return [(p.number, f"{p.names.given} {p.names.family}", p.what) for p in CAST if p.what]
