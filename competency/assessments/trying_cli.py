"""``competency outcome try``: what judgements would come to, before anything is published."""

from __future__ import annotations

from pathlib import Path

import click

from competency.assessments.explaining import why
from competency.assessments.nodes import to_data
from competency.assessments.schema import Node
from competency.assessments.trying import Trial, read_judgements, tried
from competency.clock import now
from competency.errors import InvalidFile
from competency.files.checking import check_file
from competency.files.faults import Fault, refuses
from competency.files.text import decode, load
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework
from competency.web.command import as_json, print_json, with_app


@click.group("outcome")
def outcome_group() -> None:
    """Try the rules of a framework before it is published."""


@outcome_group.command("try")
@click.argument("framework_file", type=click.Path(path_type=Path), metavar="FRAMEWORK")
@click.argument("judgements_file", type=click.Path(path_type=Path), metavar="JUDGEMENTS")
@click.option("--scope", "scope_id", help="A scope of the framework, by its id.")
@click.option("--approved", multiple=True, help="The id of an approval to take as given.")
@as_json
@with_app(stores=False)
def try_command(
    framework_file: Path,
    judgements_file: Path,
    scope_id: str | None,
    approved: tuple[str, ...],
    *,
    wants_json: bool,
) -> None:
    """Show what JUDGEMENTS would come to by FRAMEWORK, and why; nothing is stored.

    FRAMEWORK is a file of kind framework; JUDGEMENTS a CSV file with the columns criterion
    and level: a code, below, or - where it is not judged with a reason.
    """
    framework = _framework(framework_file)
    answers = read_judgements(framework, _text(judgements_file))
    trial = Trial(answers, scope_id, frozenset(approved), now().date())
    found = tried(framework, trial)
    missing = [
        {"criterion": gap.criterion_id, "judged": gap.judged, "required": gap.required}
        for gap in found.gaps
    ]
    if wants_json:
        print_json({"outcome": to_data(found.node), "gaps": missing})
        return
    _print(framework, found.node, 0)
    for gap in missing:
        click.echo(f"gap: {gap['criterion']}: {gap['judged'] or '-'} -> {gap['required']}")


def _framework(path: Path) -> Framework:
    """Return the framework of a file; raise ``InvalidFile`` with all that is wrong."""
    checked = check_file(path)
    if refuses(checked.faults) or not isinstance(checked.value, Framework):
        faults = [str(fault) for fault in checked.faults]
        raise InvalidFile("%(name)s is no sound framework.", faults, name=path.name)
    return checked.value


def _text(path: Path) -> str:
    """Return the text of a file; raise ``InvalidFile`` where it is none."""
    content = load(path, path.name)
    text = content if isinstance(content, Fault) else decode(content, path.name)
    if isinstance(text, Fault):
        raise InvalidFile("%(name)s can't be read.", [str(text)], name=path.name)
    return text


def _print(framework: Framework, node: Node, depth: int) -> None:
    """Print a node and what lies under it, each with its lines."""
    units = {unit.id: unit for unit in framework.all_units()}
    place = numbers(framework).get(node.id, node.id)
    lines = " ".join(why(node, framework, units.get(node.id)))
    click.echo(f"{'  ' * depth}{place} {node.result or '-'}: {lines}")
    for child in node.children:
        _print(framework, child, depth + 1)
