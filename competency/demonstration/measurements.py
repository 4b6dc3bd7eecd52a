"""What operations measured of the agents in ninety days, imported as a night's file is."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.cast import TEAMS, agents_of, weekly_hours
from competency.demonstration.people import system_actor
from competency.demonstration.sources import allowed_source
from competency.kpis.import_files import NamedFile
from competency.kpis.import_preparing import prepare
from competency.kpis.import_profile import read_profile
from competency.kpis.importing import apply_import
from competency.kpis.schema import SourceKind

AnySession = Session | scoped_session[Session]
DAYS = 90
FRIDAY = 4
SEED = 90
HEADINGS = (
    *("Agente", "Fecha", "Contactos", "Tiempo", "Resueltos", "Con plazo vencido"),
    *("Encuestas", "Satisfechos", "Suma", "Derivados", "Minutos cumplidos", "Minutos previstos"),
)
PROFILE = """format: 1
source: telephony
shape: wide
files: {separator: ;, dates: dmy}
person: {column: Agente}
day: Fecha
fields:
  handled: {column: Contactos}
  handle-seconds: {column: Tiempo, written: 'hh:mm:ss'}
  resolved-first: {column: Resueltos}
  resolution-known: {column: Con plazo vencido}
  answers: {column: Encuestas}
  satisfied: {column: Satisfechos}
  satisfaction-sum: {column: Suma}
  transferred: {column: Derivados}
  adherent-minutes: {column: Minutos cumplidos}
  scheduled-minutes: {column: Minutos previstos}
"""


def measured(session: AnySession, now: datetime) -> None:
    """Record the source with what allows its use, and import the days up to yesterday."""
    allowed_source(
        session,
        now,
        code="telephony",
        kind=SourceKind.FILES,
        said=(
            words.TELEPHONY_NAME,
            words.TELEPHONY_PARAMETERS,
            words.TELEPHONY_BASIS,
            words.PURPOSES,
        ),
        agreement="DEMO-1",
    )
    actor = system_actor(session)
    file = NamedFile("telefonia.csv", _file(now.date()).encode())
    profile = read_profile(PROFILE, "telefonia")
    prepared = prepare(session, actor=actor, now=now, files=[file], profile=profile)
    with unit_of_work(session):
        apply_import(session, actor=actor, now=now, prepared=prepared)


def _file(today: date) -> str:
    """Return the file of all agents' working days."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(HEADINGS)
    for number in (number for team in TEAMS for number in agents_of(team)):
        writer.writerows(_days(number, today))
    return stream.getvalue()


def _days(number: str, today: date) -> Iterator[tuple[object, ...]]:
    """Yield somebody's working days: the fewer hours, the fewer contacts."""
    chance = random.Random(f"{SEED} {number}")  # noqa: S311 - made up, and the same each time
    seconds, resolves = chance.gauss(330, 40), chance.uniform(0.66, 0.92)
    pleases, transfers = chance.uniform(0.62, 0.93), chance.uniform(0.05, 0.16)
    minutes = int(weekly_hours(number) * 60 / 5)

    def of(count: int, share: float) -> int:
        """Return how many of ``count`` something is true of."""
        return sum(chance.random() < share for _ in range(count))

    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        if day.weekday() > FRIDAY or chance.random() < 0.04:  # noqa: PLR2004 - a day off now and then
            continue
        contacts = max(1, round(minutes * 60 * chance.uniform(0.62, 0.8) / seconds))
        took = round(sum(max(30, chance.gauss(seconds, seconds / 3)) for _ in range(contacts)))
        known = contacts if back > 7 else 0  # noqa: PLR2004 - the definition waits for seven days
        answers = of(contacts, 0.22)
        satisfied = of(answers, pleases)
        total = sum(chance.choice((4, 5, 5)) for _ in range(satisfied))
        total += sum(chance.choice((1, 2, 3, 3)) for _ in range(answers - satisfied))
        clock = f"{took // 3600}:{took // 60 % 60:02}:{took % 60:02}"
        yield (
            *(number, f"{day:%d-%m-%Y}", contacts, clock),
            *((of(known, resolves), known) if known else ("", "")),
            *((answers, satisfied, total) if answers else ("", "", "")),
            *(of(contacts, transfers), round(minutes * chance.uniform(0.86, 0.99)), minutes),
        )
