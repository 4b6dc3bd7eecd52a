"""How far an import is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from competency.kpis.import_progress import Step
from competency.kpis.import_running import Kind, Run


@dataclass(frozen=True)
class StepLine:
    """One step on the page: ``state`` is ``done``, ``now`` or ``later``."""

    label: str
    state: str
    done: int
    total: int


def step_lines(run: Run) -> list[StepLine]:
    """Return the steps of a run in their order; waiting only while it waits."""
    steps = [step for step in Step if step is not Step.WAITING or run.step is step]
    here = steps.index(run.step)
    return [
        StepLine(
            step_label(step, run.kind),
            "done" if place < here else "now" if place == here else "later",
            run.done if place == here else 0,
            run.total if place == here else 0,
        )
        for place, step in enumerate(steps)
    ]


def step_label(step: Step, kind: Kind) -> str:
    """Return what a step does."""
    return {
        Step.READING: gettext("Reading the files"),
        Step.CHECKING: gettext("Checking the rows"),
        Step.MATCHING: gettext("Finding people, campaigns and figures"),
        Step.WAITING: gettext("Waiting for another import to end"),
        Step.STAGING: gettext("Handing the figures to the database"),
        Step.MERGING: gettext("Comparing with what is there")
        if kind is Kind.CHECK
        else gettext("Comparing and storing"),
    }[step]
