"""Every figure of the demonstration equals the one recomputed from raw rows, on every page."""

from __future__ import annotations

import ast
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import NormalDist
from xml.etree.ElementTree import Element

import html5lib
import pytest
import python_calamine
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.demonstration.findings import AGAINST
from competency.documents.finishing import embedded_facts
from competency.extensions import db
from competency.people.models import Account
from tests.conftest import DATABASES
from tests.support import recomputed
from tests.support.databases import application
from tests.support.demonstration import client_of, fill_anew
from tests.support.recomputed import (
    FEWEST_PEOPLE,
    SCALE,
    Figure,
    Pair,
    Raw,
    Row,
    Said,
    beside,
    by_week,
    data_of,
    figure,
    in_unit,
    moment_of,
    rounded,
    six,
)

OPEN = "open"
DECIDED = {"approved", "released", "closed"}
VERDICTS = {
    "met": "met",
    "not_met": "not met",
    "inconclusive": "can't be told",
    "insufficient": "too little measured",
}


@dataclass
class Demo:
    """A filled demonstration, its raw rows, and who is signed in already."""

    app: Flask
    raw: Raw
    clients: dict[int, FlaskClient] = field(default_factory=dict)

    def page(self, employee_id: int, path: str) -> Element:
        """Return a page as somebody reads it."""
        answer = self.get(employee_id, path)
        assert answer[0] == 200, path
        return html5lib.parse(answer[1].decode(), namespaceHTMLElements=False)

    def get(self, employee_id: int, path: str) -> tuple[int, bytes]:
        """Return status and bytes of an address as somebody reads it."""
        if employee_id not in self.clients:
            number = self.raw.by_id["employee"][employee_id]["employee_number"]
            self.clients[employee_id] = client_of(self.app, str(number))
        answer = self.clients[employee_id].get(path)
        return answer.status_code, answer.data

    def public_id(self, employee_id: int) -> str:
        return str(self.raw.by_id["employee"][employee_id]["public_id"])


@pytest.fixture(scope="module", params=DATABASES)
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """Return the demonstration, filled once for all tests here; everybody reads English."""
    template = request.getfixturevalue(f"{request.param}_template")
    url = template.copy("every_figure")
    app = application(url, tmp_path_factory.mktemp("figures"))
    with app.app_context():
        fill_anew(app)
        with unit_of_work(db.session):
            exempt(db.session, "everybody reads English in this test")
            db.session.execute(sa.update(Account).values(language="en"))
        db.session.remove()
    yield Demo(app, Raw(url))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    template.drop("every_figure")


def text(element: Element) -> str:
    """Return the words of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def rows_of(page: Element, caption: str) -> list[dict[str, str]]:
    """Return the rows of a table as text by heading."""
    found = [one for one in page.iter("table") if one.get("aria-label") == caption]
    return [
        {cell.get("data-label", ""): text(cell) for cell in row.iter("td")}
        for table in found[:1]
        for row in table.iter("tr")
        if any(True for _ in row.iter("td"))
    ]


def between(found: Figure, unit: str) -> str:
    if found.between is None:
        return "too little measured" if found.divided else "–"
    return " to ".join(in_unit(end, unit) for end in found.between)


def written(target: str | None, unit: str) -> str:
    if target is None:
        return "–"
    return f"{'≥' if target.startswith('>=') else '≤'} {in_unit(float(target[2:]), unit)}"


def counted(found: Figure) -> str:
    number = rounded(found.counted, 2)
    return f"{number} of {rounded(found.divided, 2)}" if found.divided else number


def line(
    title: str, unit: str, found: Figure, target: str | None, people: int | None
) -> dict[str, str]:
    """Return the line of an indicator in a table of figures; ``people`` of a team alone."""
    of_team = people is not None
    noun = "person-day" if of_team else "day"
    days = f"{found.days} {noun}{'' if found.days == 1 else 's'}"
    said = {
        "Indicator": title,
        "Value": in_unit(found.value, unit),
        "As sure as 95 in 100": between(found, unit),
        "Counted": f"{counted(found)}, {days}",
        "Target": written(target, unit),
    }
    return {**said, "People": str(people)} if of_team else said


def without_picture(row: dict[str, str]) -> dict[str, str]:
    return {name: said for name, said in row.items() if name != "Week by week"}


def weeks_shown(weeks: list[tuple[date, list[Pair]]], unit: str, days: str) -> list[dict[str, str]]:
    """Return the lines of the table under a chart, but for their days' names."""
    found = []
    for _, pairs in weeks:
        one = figure(pairs, unit)
        found.append(
            {
                "Value": in_unit(one.value, unit),
                "As sure as 95 in 100": between(one, unit) if one.between else "–",
                "Numerator": rounded(one.counted, 2),
                "Denominator": rounded(one.divided, 2) if one.divided else "–",
                days: str(one.days),
            }
        )
    return found


def table_below(page: Element) -> list[dict[str, str]]:
    found = rows_of(page, "Week by week")
    return [{k: v for k, v in row.items() if k != "Week until"} for row in found]


def test_my_figures_and_a_persons_page_are_right_for_everybody(demo: Demo) -> None:
    raw, titles, shown = demo.raw, demo.raw.titles("en"), 0
    now = clock.now()
    for who, employee in raw.by_id["employee"].items():
        last = raw.today(who, now)
        found = raw.of_person(who, last)
        expected = [
            line(
                titles[slug],
                raw.kpis[slug]["unit"],
                figure(list(pairs.values()), raw.kpis[slug]["unit"]),
                raw.target(slug, who, last),
                None,
            )
            for slug, pairs in found.items()
        ]
        readers = [(who, "/kpis/mine")]
        leads = [
            row["supervisor_id"]
            for row in raw.rows["reporting_line"]
            if row["employee_id"] == who and recomputed.holds_on(row, last)
        ]
        readers += [(lead, f"/people/{employee['public_id']}/kpis") for lead in leads]
        for reader, path in readers:
            page = demo.page(reader, path)
            assert [without_picture(row) for row in rows_of(page, "Indicators")] == expected, path
            if found:
                slug, pairs = next(iter(found.items()))
                unit = raw.kpis[slug]["unit"]
                assert table_below(page) == weeks_shown(by_week([pairs], last), unit, "Days")
        shown += len(expected)
    assert shown >= 48 * 6, "every agent has figures"


def workbook(content: bytes) -> tuple[list[list[object]], list[list[object]]]:
    """Return the rows of both sheets, without their headings."""
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        first, second = (book.get_sheet_by_index(one).to_python() for one in (0, 1))
    return [list(row) for row in first[1:]], [list(row) for row in second[1:]]


def same(shown: object, expected: float | None) -> bool:
    """Return whether a cell holds a number, exactly but for the last bit."""
    if expected is None:
        return shown == ""
    return isinstance(shown, int | float) and math.isclose(shown, expected, rel_tol=1e-12)


def check_workbook(
    content: bytes,
    found: list[tuple[str, str, list[dict[date, Pair]], str | None]],
    last: date,
    fewest: int,
) -> None:
    """Fail unless a workbook holds these indicators: title, unit, people's days and target."""
    whole, weeks = workbook(content)
    assert [row[0] for row in whole] == [title for title, *_ in found]
    at = 0
    for row, (title, unit, people, target) in zip(whole, found, strict=True):
        one = figure([pair for pairs in people for pair in pairs.values()], unit)
        divided = float(one.divided) if one.divided else None
        numbers = [one.days, float(one.counted), divided, one.value, *(one.between or (None, None))]
        assert row[2] == last.isoformat()
        assert all(map(same, row[3:9], numbers)), (title, row, numbers)
        assert (row[9] or None, row[10]) == (target, len(people))
        for until, pairs in by_week(people, last, fewest=fewest):
            week = figure(pairs, unit)
            assert weeks[at][:3] == [title, until.isoformat(), week.days]
            assert same(weeks[at][3], week.value), (title, until)
            at += 1
    assert at == len(weeks)


def test_the_workbook_of_everybody_has_the_same_numbers(demo: Demo) -> None:
    raw, titles, now = demo.raw, demo.raw.titles("en"), clock.now()
    for who in raw.by_id["employee"]:
        last = raw.today(who, now)
        found = [
            (titles[slug], raw.kpis[slug]["unit"], [pairs], raw.target(slug, who, last))
            for slug, pairs in raw.of_person(who, last).items()
        ]
        status, content = demo.get(who, "/kpis/mine?format=xlsx")
        assert status == 200
        check_workbook(content, found, last, 1)


def leads_of(raw: Raw, now: datetime) -> dict[int, list[int]]:
    """Return who reports to whom today, by lead, of those who lead somebody."""
    found = {who: raw.reports(who, raw.today(who, now)) for who in raw.by_id["employee"]}
    return {who: people for who, people in found.items() if people}


def test_every_team_is_right_on_its_page_and_in_its_workbook(demo: Demo) -> None:
    raw, titles, now = demo.raw, demo.raw.titles("en"), clock.now()
    shown = 0
    for lead, people in leads_of(raw, now).items():
        last = raw.today(lead, now)
        is_hr = raw.by_id["employee"][lead]["employee_number"] == "D100"
        found = [
            (slug, raw.of_team(people, slug, last))
            for slug in sorted(raw.kpis)
            if slug != "absence" or is_hr
        ]
        found = [(slug, of) for slug, of in found if of]
        enough = [(slug, of) for slug, of in found if len(of) >= FEWEST_PEOPLE]
        page = demo.page(lead, "/kpis/team")
        rows = rows_of(page, "Indicators")
        assert len(rows) == len(found)
        assert [without_picture(row) for row in rows if "Too few" not in row["Value"]] == [
            line(
                titles[slug],
                raw.kpis[slug]["unit"],
                figure([p for one in of for p in one.values()], raw.kpis[slug]["unit"]),
                raw.target(slug, None, last),
                len(of),
            )
            for slug, of in enough
        ]
        if enough:
            slug, of = enough[0]
            weeks = by_week(of, last, fewest=FEWEST_PEOPLE)
            unit = raw.kpis[slug]["unit"]
            assert table_below(page) == weeks_shown(weeks, unit, "Person-days")
        status, content = demo.get(lead, "/kpis/team?format=xlsx")
        assert status == 200
        numbers = [
            (titles[slug], raw.kpis[slug]["unit"], of, raw.target(slug, None, last))
            for slug, of in enough
        ]
        check_workbook(content, numbers, last, FEWEST_PEOPLE)
        shown += len(enough)
    assert shown >= 4 * 6, "every team of agents has figures"


def chance_of(whole: list[Pair]) -> Callable[[Figure], tuple[str, ...]]:
    """Return how a team's figure stands to what all measured days vary by chance alone."""
    total, count = sum(d for _, d in whole), len(whole)
    if not total:
        return lambda _: ()
    middle = sum(n for n, _ in whole) / total
    spread = sum((n - middle * d) ** 2 for n, d in whole) / total**2 * count / (count - 1)

    def standing(one: Figure) -> tuple[str, ...]:
        error = math.sqrt(spread * total / SCALE / float(one.divided))
        off = abs(one.value - middle) / error
        if off > NormalDist().inv_cdf(0.999):
            return ("differs by more than chance (outside 99.8 in 100)",)
        if off > NormalDist().inv_cdf(0.975):
            return ("at the edge of chance (outside 95 in 100)",)
        return ("within chance",)

    return standing


def test_across_teams_each_value_and_its_place_to_chance_are_right(demo: Demo) -> None:
    raw, now = demo.raw, clock.now()
    hr = next(i for i, e in raw.by_id["employee"].items() if e["employee_number"] == "D100")
    last = raw.today(hr, now)
    names = {who: str(row["printed_name"]) for who, row in raw.by_id["employee"].items()}
    titles = raw.titles("en")
    shown = 0
    for slug in raw.kpi_number:
        unit = raw.kpis[slug]["unit"]
        everybody = raw.of_team(raw.by_id["employee"].keys(), slug, last)
        whole = [pair for pairs in everybody for pair in pairs.values()]
        chance = chance_of(whole)
        expected: list[tuple[str, ...]] = []
        for lead, people in leads_of(raw, now).items():
            of = raw.of_team(people, slug, last)
            if not of:
                continue
            if len(of) < FEWEST_PEOPLE:
                expected.append((names[lead], "Too few people: fewer than 5 were measured."))
                continue
            one = figure([pair for pairs in of for pair in pairs.values()], unit)
            figures = (in_unit(one.value, unit), rounded(one.divided or one.counted, 2))
            expected.append((names[lead], *figures, str(len(of)), *chance(one)))
        rows = rows_of(demo.page(hr, f"/kpis/across?kpi={slug}"), titles[slug])
        found = [tuple(said for said in row.values() if said != "–") for row in rows]
        assert sorted(found) == sorted(expected), slug
        shown += len(expected)
    assert shown >= 4 * 7


def section(said: Said, raw: Raw) -> tuple[str, ...]:
    """Return a finding as a page writes it: value, sample, and each level."""
    unit, found = raw.kpis[said.kpi]["unit"], said.figure
    value = beside(found.value, unit)
    if found.between is not None:
        value += f" ({' to '.join(beside(end, unit) for end in found.between)})"
    days = f"{found.days} {'person-days' if said.people > 1 else 'days'}"
    sample = f"{days}, divided by {rounded(found.divided, 0)}"
    levels = [
        f"{'at least' if threshold.startswith('>=') else 'at most'} "
        f"{beside(float(threshold[2:]), unit)} – {VERDICTS[verdict]}"
        for _, threshold, verdict in said.levels
    ]
    return raw.titles("en")[said.kpi], value, sample, *levels


def sections(page: Element) -> list[tuple[str, ...]]:
    """Return the findings of a page in the same form, of those that say something."""
    found = []
    for one in page.iter("section"):
        if not (one.get("class") or "").startswith("finding") or one.find(".//strong") is None:
            continue
        heading = next(one.iter("h4"))
        value = next(p for p in one.iter("p") if p.find("strong") is not None)
        said, sample = text(value), text(next(value.iter("small")))
        levels = [
            text(item).split(": ", 1)[1]
            for listed in one.iter("ul")
            if listed.get("class") == "verdicts"
            for item in listed.iter("li")
        ]
        title = (heading.text or "").strip()
        found.append((title, said.removesuffix(sample).strip(), sample.split(";")[0], *levels))
    return found


def kept_at(raw: Raw, appraisal: Row) -> datetime | None:
    """Return when the last submission of an appraisal kept its findings."""
    rows = [
        row
        for row in raw.rows["finding_decision"]
        if row["appraisal_id"] == appraisal["id"]
        and row["step"] == "kept"
        and (row["round"], row["turn"]) == (appraisal["round"], appraisal["turn"])
    ]
    return moment_of(rows[0]["decided_at"]) if rows else None


def test_what_is_said_beside_criteria_is_right_in_every_appraisal(demo: Demo) -> None:
    raw, now, verdicts = demo.raw, clock.now(), set()
    for appraisal in raw.rows["appraisal"]:
        if not list(raw.links(appraisal)):
            continue
        at = now if appraisal["state"] == OPEN else kept_at(raw, appraisal)
        said = {} if at is None else raw.findings(appraisal, at)
        expected = [section(one, raw) for found in said.values() for one in found]
        path = f"/appraisals/{appraisal['public_id']}"
        page = demo.page(appraisal["lead_id"], path)
        assert sections(page) == expected, path
        if appraisal["state"] == "closed":
            page = demo.page(appraisal["subject_id"], path)
            assert sections(page) == expected, path
        if appraisal["state"] == "submitted" and expected:
            reviewer = next(
                i for i, e in raw.by_id["employee"].items() if e["employee_number"] == "D400"
            )
            assert sections(demo.page(reviewer, path)) == expected, path
        verdicts |= {v for found in said.values() for one in found for *_, v in one.levels}
    assert verdicts == VERDICTS.keys(), "the demonstration shows each of them"


def test_the_demonstration_accepts_sets_aside_and_judges_against_figures(demo: Demo) -> None:
    rows = demo.raw.rows["finding_decision"]
    assert {row["step"] for row in rows} == {"accepted", "set_aside", "kept"}
    assert all(bool(row["reason"]) == (row["step"] == "set_aside") for row in rows)
    against = [
        demo.raw.by_id["employee"][row["subject_id"]]["employee_number"]
        for row in demo.raw.rows["appraisal"]
        if "kpi_contradicts" in data_of(row["flags"])
    ]
    assert against == [AGAINST]


def test_what_was_frozen_is_what_raw_rows_gave_on_that_day(demo: Demo) -> None:
    raw, frozen = demo.raw, 0
    for row in raw.rows["finding_decision"]:
        facts = data_of(row["facts"])
        if "refused" in facts:
            continue
        appraisal = raw.by_id["appraisal"][row["appraisal_id"]]
        found = raw.findings(appraisal, moment_of(row["decided_at"]))[row["criterion_id"]]
        [said] = [one for one in found if one.kpi == row["kpi"]]
        ends = said.figure.between or (None, None)
        assert (facts["value"], facts["low"], facts["high"]) == tuple(
            map(six, (said.figure.value, *ends))
        )
        assert facts["days"] == said.figure.days
        assert facts["divisor"] == six(float(said.figure.divided))
        assert facts["likeliest"] == said.likeliest
        levels = [(one["level"], one["threshold"], one["verdict"]) for one in facts["levels"]]
        assert tuple(levels) == said.levels
        frozen += 1
    assert frozen >= 20


def test_the_reports_print_what_raw_rows_gave(demo: Demo) -> None:
    raw, printed = demo.raw, 0
    for appraisal in raw.rows["appraisal"]:
        at = kept_at(raw, appraisal)
        if at is None or appraisal["state"] not in DECIDED:
            continue
        path = f"/appraisals/{appraisal['public_id']}/report.pdf"
        status, content = demo.get(appraisal["lead_id"], path)
        assert status == 200
        pages = PdfReader(io.BytesIO(content)).pages
        words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
        expected = [
            (one, raw.kpis[one.kpi]["unit"])
            for found in raw.findings(appraisal, at).values()
            for one in found
        ]
        for said, unit in expected:
            assert said.figure.between is not None
            low, high = (decimal_comma(beside(end, unit)) for end in said.figure.between)
            value = decimal_comma(beside(said.figure.value, unit))
            times = len(re.findall(rf"{value} \((?:da )?{low} (?:a|al) {high}\)", words))
            assert times == (1 if said.role == "context" else 2), (path, said.kpi, value)
            for _, threshold, _ in said.levels:
                assert decimal_comma(beside(float(threshold[2:]), unit)) in words
        facts = embedded_facts(content)
        assert facts is not None
        lines = [
            finding
            for unit in facts["units"]  # type: ignore[attr-defined]
            for criterion in unit["criteria"]
            for finding in criterion["findings"]
        ]
        assert len(lines) == len(expected)
        for one, (said, unit) in zip(lines, expected, strict=True):
            assert said.figure.between is not None
            assert (six(one["low"]), six(one["high"])) == tuple(map(six, said.figure.between))
            if said.role == "context":
                continue
            last = date.fromisoformat(one["weeks"][-1]["until"])
            own = raw.of_person(appraisal["subject_id"], last)[said.kpi]
            weeks = {until: figure(pairs, unit).value for until, pairs in by_week([own], last)}
            for week in one["weeks"]:
                of_week = weeks.get(date.fromisoformat(week["until"]))
                assert six(week["value"]) == six(of_week)
                if of_week is not None:
                    assert decimal_comma(beside(of_week, unit)) in words
        printed += len(lines)
    assert printed >= 8


def decimal_comma(said: str) -> str:
    """Return a number below a thousand as Spanish and Italian write it."""
    return said.replace(".", ",")


def test_the_recomputation_uses_nothing_of_the_application() -> None:
    tree = ast.parse(Path(recomputed.__file__).read_text(encoding="utf-8"))
    names = {
        one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    }
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in names if name.split(".")[0] in {"competency", "tests"}}
