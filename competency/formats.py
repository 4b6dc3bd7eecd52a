"""Every kind of file that the package reads: importing this registers them all."""

from __future__ import annotations

from competency.frameworks import loading as frameworks
from competency.kpis import loading as kpis
from competency.progression import loading as progression
from competency.questions import loading as questions

MODULES = (frameworks, kpis, progression, questions)
