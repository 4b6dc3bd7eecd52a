"""Sources of figures for tests, and what allows them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from competency.database.transactions import unit_of_work
from competency.frameworks.operations import publish
from competency.kpis.bases import NewBasis, add_source, set_basis
from competency.kpis.models import DataSource, SourceBasis
from competency.kpis.schema import SourceKind
from competency.people.models import Employer
from competency.resources import FRAMEWORKS
from tests.support.cast import NOW, World
from tests.support.loading import load_framework

TOLD = date(2026, 1, 5)
SINCE = date(2026, 1, 12)


def basis(starts_on: date = SINCE, **others: object) -> NewBasis:
    """Return what allows a source's figures, from a day on."""
    told: dict[str, object] = {
        "legal_basis": "Código del Trabajo, art. 154 n.º 5",
        "agreement": "Convenio 17/2026",
        "notice_version": "2026-1",
        "notified_on": TOLD,
        "purposes": "Evidencia en la evaluación anual",
        "retention_months": 24,
        "starts_on": starts_on,
    }
    return NewBasis(**(told | others))  # type: ignore[arg-type]


def source(world: World, code: str = "telephony") -> DataSource:
    """Add a source as HR; nothing allows its use about people yet."""
    with unit_of_work(world.session):
        return add_source(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            code=code,
            name="Central telefónica",
            kind=SourceKind.FILES,
            parameters="Cada contacto con su duración; ninguna grabación.",
        )


def allow(world: World, found: DataSource, new: NewBasis | None = None) -> SourceBasis:
    """Set as HR what allows the source's figures at the one employer."""
    with unit_of_work(world.session):
        return set_basis(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            source=found,
            employer=world.session.scalars(sa.select(Employer)).one(),
            new=new or basis(),
        )


def publish_with_links(world: World, slug: str = "customer-service-progression") -> None:
    """Publish a shipped framework with its text, in which links to indicators are looked for."""
    path = FRAMEWORKS / slug / "1.0.0.yaml"
    with unit_of_work(world.session):
        publish(
            world.session,
            actor=world.system(),
            now=NOW,
            framework=load_framework(path),
            source_text=path.read_text(encoding="utf-8"),
        )
