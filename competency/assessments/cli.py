"""``competency cycles`` and ``competency appraisals``: open, follow and explain."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from competency import clock
from competency.assessments.candidates import Candidate, Population, candidates
from competency.assessments.certification_models import ATTEMPTS
from competency.assessments.cycle_queries import by_visible_state, counts_of
from competency.assessments.cycles import (
    ATTEMPTS_HIGHEST,
    CertificationPlan,
    CyclePlan,
    close_cycle,
    open_cycle,
)
from competency.assessments.explaining import why
from competency.assessments.exporting import as_data, exported
from competency.assessments.models import Appraisal
from competency.assessments.nodes import to_data
from competency.assessments.peers import PEERS_HIGHEST
from competency.assessments.permissions import can_read_result
from competency.assessments.queries import (
    Loaded,
    cycle_by_public_id,
    cycles_with_counts,
    load,
    outcome_of,
)
from competency.assessments.rules import kept_criteria, scope_named, visible_state
from competency.assessments.schema import SINGLE_REVIEW_PERCENT, Mode, Node, Review
from competency.assessments.words import obstacle_label
from competency.audit.access import note_read
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_of, versions_of
from competency.frameworks.schema import Framework
from competency.people.queries import campaigns, names_of, sites, teams
from competency.web.command import acting_as, as_json, as_person, print_json, with_app


@click.group("cycles")
def cycles_group() -> None:
    """Open appraisal cycles and see how far they are."""


@click.group("appraisals")
def appraisals_group() -> None:
    """Show appraisals and explain their outcomes."""


def _version_id(slug: str, version: str | None) -> int:
    """Return a published version by slug and number, the newest without a number."""
    for row in versions_of(db.session, slug):
        if version is None or row.version == version:
            return row.id
    raise NotFound("The framework %(slug)s is not published in that version.", slug=slug)


def _population(
    employees: tuple[str, ...],
    site: str | None,
    team: str | None,
    campaign: str | None,
    months_here: int | None,
) -> Population:
    """Return whom the options name; a value that is a file holds numbers, one a line."""
    found: list[str] = []
    for value in employees:
        path = Path(value)
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else value
        cells = (line.replace(";", ",").split(",") for line in text.splitlines())
        found += [cell.strip() for line in cells for cell in line if cell.strip()]
    site_id = next((s.id for s in sites(db.session) if s.name == site), None)
    team_id = next((t.id for t in teams(db.session) if t.name == team), None)
    if site is not None and site_id is None:
        raise Invalid("There is no site %(name)s.", name=site)
    if team is not None and team_id is None:
        raise Invalid("There is no team %(name)s.", name=team)
    campaign_id = next((c.id for c in campaigns(db.session) if c.code == campaign), None)
    if campaign is not None and campaign_id is None:
        raise Invalid("There is no campaign %(name)s.", name=campaign)
    return Population(
        site_id=site_id,
        team_id=team_id,
        campaign_id=campaign_id,
        employee_numbers=tuple(found),
        months_here=months_here,
    )


def _refused(found: list[Candidate]) -> list[dict[str, str]]:
    """Return everybody who can't be included, with why."""
    return [
        {"number": c.employee.employee_number, "why": obstacle_label(c.obstacle)}
        for c in found
        if c.obstacle is not None
    ]


def _preview(
    found: list[Candidate],
    refused: list[dict[str, str]],
    population: Population,
    framework: Framework,
    scope_id: str | None,
    units: tuple[str, ...],
) -> dict[str, object]:
    """Return the counts of a preview, and everybody who can't be included."""
    kept = kept_criteria(framework, scope_named(framework, scope_id), units)
    total = len(framework.criteria())
    known = {c.employee.employee_number.upper() for c in found}
    return {
        "people": len(found),
        "appraisals": len(found) - len(refused),
        "criteria": total,
        "in_scope": total if kept is None else len(kept),
        "obstacles": dict(Counter(c.obstacle.value for c in found if c.obstacle)),
        "refused": refused,
        "unknown": [n for n in population.employee_numbers if n.upper() not in known],
    }


def _certification(
    mode: Mode, assessor: str | None, units: tuple[str, ...], attempts: int | None
) -> CertificationPlan | None:
    """Return what a certification needs beside; ``None`` for an appraisal."""
    if mode is Mode.APPRAISAL:
        if assessor or units or attempts is not None:
            raise click.UsageError(
                "--assessor, --unit and --attempts belong to --mode certification."
            )
        return None
    if not assessor:
        raise click.UsageError("A certification needs its assessor: --assessor NUMBER.")
    return CertificationPlan(assessor, units, ATTEMPTS if attempts is None else attempts)


@cycles_group.command("open")
@click.option("--framework", "slug", required=True, help="The id of a published framework.")
@click.option("--version", help="Its version; without it, the newest.")
@click.option("--scope", "scope_id", metavar="ID", help="One of its scopes; without it, all of it.")
@click.option("--title", required=True)
@click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--employees", multiple=True, metavar="NUMBERS|FILE")
@click.option("--site", help="Only people of this site.")
@click.option("--team", help="Only people of this team.")
@click.option("--campaign", metavar="CODE", help="Only people who work on this campaign.")
@click.option(
    "--months-here", type=click.IntRange(0, 600), help="Only who was hired so many months ago."
)
@click.option(
    "--self-due", type=click.DateTime(["%Y-%m-%d"]), help="When self-assessments are due."
)
@click.option("--review-due", type=click.DateTime(["%Y-%m-%d"]), help="When reviews are due.")
@click.option("--everybody", is_flag=True, help="Everybody whom the actor may include.")
@click.option("--review", type=click.Choice([r.value for r in Review]), default="all")
@click.option(
    "--single-review",
    "single_review_percent",
    type=click.IntRange(0, 100),
    default=SINGLE_REVIEW_PERCENT,
    show_default=True,
    help="How many in a hundred unflagged appraisals are looked at one by one.",
)
@click.option(
    "--peers",
    type=click.IntRange(0, PEERS_HIGHEST),
    default=0,
    show_default=True,
    help="How many peers can be asked in each appraisal.",
)
@click.option("--anonymous", is_flag=True, help="Peers are read together, never by name.")
@click.option("--mode", type=click.Choice([m.value for m in Mode]), default=Mode.APPRAISAL.value)
@click.option("--assessor", metavar="NUMBER", help="Who assesses a certification.")
@click.option(
    "--unit", "units", multiple=True, metavar="ID", help="Certify only this unit; can be repeated."
)
@click.option(
    "--attempts",
    type=click.IntRange(1, ATTEMPTS_HIGHEST),
    help="How often each test of a certification can be taken.",
)
@click.option("--dry-run", is_flag=True, help="Say who would be included, open nothing.")
@as_person
@as_json
@with_app()
def open_command(
    slug: str,
    version: str | None,
    scope_id: str | None,
    title: str,
    due: datetime,
    employees: tuple[str, ...],
    site: str | None,
    team: str | None,
    campaign: str | None,
    months_here: int | None,
    self_due: datetime | None,
    review_due: datetime | None,
    review: str,
    single_review_percent: int,
    peers: int,
    mode: str,
    assessor: str | None,
    units: tuple[str, ...],
    attempts: int | None,
    by: str,
    *,
    anonymous: bool,
    everybody: bool,
    dry_run: bool,
    wants_json: bool,
) -> None:
    """Open a cycle; whom it is for is always said, never everybody by default."""
    actor, now = acting_as(by), clock.now()
    population = _population(employees, site, team, campaign, months_here)
    if population == Population() and not everybody:
        raise click.UsageError("Say whom it is for: --employees, --site, --team or --everybody.")
    certification = _certification(Mode(mode), assessor, units, attempts)
    plan = CyclePlan(
        title,
        _version_id(slug, version),
        due.date(),
        self_assessment_due_on=self_due.date() if self_due else None,
        review_due_on=review_due.date() if review_due else None,
        review=Review(review),
        scope_id=scope_id,
        single_review_percent=single_review_percent,
        self_assessment=certification is None,
        peers_maximum=peers,
        peers_anonymous=anonymous,
        certification=certification,
    )
    found = candidates(
        db.session,
        actor=actor,
        now=now,
        framework_version_id=plan.framework_version_id,
        population=population,
        assessor=assessor,
    )
    refused = _refused(found)
    framework = framework_of(db.session, plan.framework_version_id)
    answer = _preview(found, refused, population, framework, scope_id, units)
    if not dry_run:
        with unit_of_work(db.session):
            cycle = open_cycle(db.session, actor=actor, now=now, plan=plan, population=population)
            answer["cycle"] = cycle.public_id
    if wants_json:
        print_json(answer)
        return
    click.echo(
        f"people: {answer['people']}, appraisals: {answer['appraisals']}, "
        f"criteria: {answer['in_scope']} of {answer['criteria']}"
    )
    for candidate in found:
        if candidate.obstacle is None and candidate.away_until:
            number = candidate.employee.employee_number
            click.echo(f"on leave until {candidate.away_until}: {number}")
    for person in refused:
        click.echo(f"not included: {person['number']}: {person['why']}")
    click.echo(f"opened: {answer['cycle']}" if "cycle" in answer else "nothing was opened")


@cycles_group.command("status")
@as_person
@as_json
@with_app()
def status(by: str, *, wants_json: bool) -> None:
    """Show how far each cycle is, over the people in the actor's scope."""
    actor = acting_as(by)
    rows: list[dict[str, object]] = [
        {
            "cycle": cycle.public_id,
            "title": cycle.title,
            "scope": cycle.scope_id,
            "due": cycle.submit_due_on.isoformat(),
            "closed": cycle.closed_at is not None,
            "states": {s.value: n for s, n in by_visible_state(counts).items()},
        }
        for cycle, counts in cycles_with_counts(db.session, actor, clock.now())
    ]
    if wants_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['cycle']}  {row['title']}  due {row['due']}  {row['states']}")


@cycles_group.command("close")
@click.argument("cycle_id", metavar="CYCLE")
@as_person
@with_app(writes=True)
def close_command(cycle_id: str, by: str) -> None:
    """Close a cycle in which nothing is unfinished."""
    actor, now = acting_as(by), clock.now()
    cycle = cycle_by_public_id(db.session, cycle_id)
    counts_of(db.session, actor, now, cycle)
    close_cycle(db.session, actor=actor, now=now, cycle=cycle)
    click.echo(f"closed: {cycle.title}")


@cycles_group.command("export")
@click.argument("cycle_id", metavar="CYCLE")
@as_person
@with_app()
def export_command(cycle_id: str, by: str) -> None:
    """Print as JSON what came out of a cycle: judgements, results and gaps of each person."""
    actor, now = acting_as(by), clock.now()
    cycle = cycle_by_public_id(db.session, cycle_id)
    counts_of(db.session, actor, now, cycle)
    rows = exported(db.session, actor, now, cycle)
    for row in rows:
        note_read(actor, row.appraisal.subject_id, f"result of appraisal {row.appraisal.public_id}")
    print_json(as_data(db.session, cycle, rows))


def _loaded(public_id: str, by: str) -> Loaded:
    """Return an appraisal that the actor may see, and note that it was read."""
    actor = acting_as(by)
    loaded = load(db.session, actor=actor, now=clock.now(), public_id=public_id)
    note_read(actor, loaded.appraisal.subject_id, f"appraisal {public_id}")
    return loaded


@appraisals_group.command("show")
@click.argument("public_id", metavar="APPRAISAL")
@as_person
@as_json
@with_app()
def show(public_id: str, by: str, *, wants_json: bool) -> None:
    """Show where one appraisal stands."""
    loaded = _loaded(public_id, by)
    appraisal: Appraisal = loaded.appraisal
    names = names_of(db.session, [appraisal.subject_id, appraisal.lead_id])
    facts = {
        "appraisal": public_id,
        "subject": names.get(appraisal.subject_id),
        "lead": names.get(appraisal.lead_id),
        "cycle": loaded.cycle.title,
        "framework": f"{loaded.framework.id} {loaded.framework.version}",
        "scope": loaded.appraisal.scope_id,
        "state": appraisal.state.value,
        "shown_as": visible_state(appraisal.state).value,
        "round": appraisal.round,
        "turn": appraisal.turn,
    }
    if wants_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name}: {value}")


@appraisals_group.command("outcome")
@click.argument("public_id", metavar="APPRAISAL")
@as_person
@as_json
@with_app()
def outcome_command(public_id: str, by: str, *, wants_json: bool) -> None:
    """Show what was decided, and every line of why."""
    loaded = _loaded(public_id, by)
    actor = acting_as(by)
    node = outcome_of(db.session, loaded.appraisal)
    if node is None or not can_read_result(actor, loaded.facts, loaded.standing):
        raise NotFound("Nothing is decided yet that you may read.")
    if wants_json:
        print_json(to_data(node))
        return
    _print(node, loaded, 0)


def _print(node: Node, loaded: Loaded, depth: int) -> None:
    """Print a node and what lies under it, each with its lines."""
    place = numbers(loaded.framework).get(node.id, node.id)
    units = {unit.id: unit for unit in loaded.framework.all_units()}
    lines = " ".join(why(node, loaded.framework, units.get(node.id)))
    click.echo(f"{'  ' * depth}{place} {node.result or '-'}: {lines}")
    for child in node.children:
        _print(child, loaded, depth + 1)
