"""Every figure of a database once more, from its raw rows: nothing of the application is used.

Written from ADR 0033 and from what pages say, with the standard library, a driver and Student's
distribution alone, so that a fault of the application's own sums and intervals shows.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import scipy.stats

Row = Mapping[str, Any]
Pair = tuple[int, int]
"""A day's numerator and denominator, in thousandths."""
SCALE = 1000
TABLES = (
    *("appraisal", "campaign_assignment", "catalogue_file", "employee", "employer"),
    *("finding_decision", "framework_version", "kpi", "kpi_threshold", "measurement"),
    *("placement", "position_assignment", "reporting_line", "site", "source_basis"),
)
FEWEST_PEOPLE = 5
FEWEST_DAYS = 7
WEEK = 7


def read(url: str) -> dict[str, list[Row]]:
    """Return the rows of every table that figures come from, in the order of their numbers."""
    found: dict[str, list[Row]] = {}
    if url.startswith("sqlite"):
        with sqlite3.connect(url.split("///", 1)[1]) as lite:
            lite.row_factory = sqlite3.Row
            for table in TABLES:
                rows = lite.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - ours
                found[table] = [dict(row) for row in rows]
        lite.close()
        return found
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as post:
        for table in TABLES:
            cursor = post.execute(f"SELECT * FROM {table} ORDER BY id".encode())  # noqa: S608 - ours
            names = [one.name for one in cursor.description or ()]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return found


def day_of(value: object) -> date:
    """Return a stored day."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def moment_of(value: object) -> datetime:
    """Return a stored instant in UTC."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def data_of(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return stored JSON."""
    return json.loads(value) if isinstance(value, str) else value


def compiled(row: Row) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a published file."""
    return json.loads(bytes(row["compiled"]))


def holds_on(row: Row, day: date) -> bool:
    """Return whether a dated row holds on a day."""
    ends = row["ends_on"]
    return day_of(row["starts_on"]) <= day and (ends is None or day < day_of(ends))


@dataclass(frozen=True)
class Figure:
    """What some days come to: counts in units, the value, and between what it lies."""

    days: int
    counted: Fraction
    divided: Fraction
    value: float
    between: tuple[float, float] | None


def figure(pairs: Sequence[Pair], unit: str, least: tuple[int, int] = (0, 0)) -> Figure:
    """Return the figure of daily sums; below the floors, or below ``least``, no interval.

    What is divided by nothing is a plain sum.
    """
    count, divided = sum(n for n, _ in pairs), sum(d for _, d in pairs)
    floor = max(15 if unit == "share" else 100, least[1])
    enough = len(pairs) >= max(FEWEST_DAYS, least[0]) and divided >= floor * SCALE
    return Figure(
        len(pairs),
        Fraction(count, SCALE),
        Fraction(divided, SCALE),
        float(Fraction(count, divided or SCALE)),
        interval(pairs, unit) if enough else None,
    )


def interval(pairs: Sequence[Pair], unit: str) -> tuple[float, float]:
    """Return the interval of 95 in 100: Wilson's, around the logarithm, or Student's."""
    days, total = len(pairs), sum(d for _, d in pairs)
    ratio = Fraction(sum(n for n, _ in pairs), total)
    spread = sum((n - ratio * d) ** 2 for n, d in pairs) / Fraction(total) ** 2
    variance = float(spread * days / (days - 1))
    student, value = float(scipy.stats.t.ppf(0.975, days - 1)), float(ratio)
    if unit == "share":
        number, z = total / SCALE, NormalDist().inv_cdf(0.975)
        chance = value * (1 - value) / number
        if chance > 0 and variance > chance:
            number, z = number * chance / variance, student
        middle, below = value + z**2 / (2 * number), 1 + z**2 / number
        half = z * math.sqrt(value * (1 - value) / number + z**2 / (4 * number**2))
        return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)
    half = student * math.sqrt(variance)
    if unit == "seconds" and value > 0:
        return value * math.exp(-half / value), value * math.exp(half / value)
    return value - half, value + half


def reaches(threshold: str, value: float) -> bool:
    """Return whether a value is on the good side of a threshold as it is written."""
    number = float(threshold[2:])
    return value >= number if threshold.startswith(">=") else value <= number


@dataclass(frozen=True)
class Said:
    """A finding once more: the figure, the verdict on each level, and the likeliest."""

    kpi: str
    role: str
    figure: Figure
    levels: tuple[tuple[str, str, str], ...]
    """Level, threshold, verdict."""
    likeliest: str | None
    people: int = 1


def verdicts(found: Figure, levels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return what an interval says of each level."""
    said = []
    for level, threshold in levels.items():
        if found.between is None:
            said.append((level, threshold, "insufficient"))
            continue
        sides = {reaches(threshold, end) for end in found.between}
        verdict = "inconclusive" if len(sides) > 1 else "met" if sides == {True} else "not_met"
        said.append((level, threshold, verdict))
    return tuple(said)


class Raw:
    """The rows, and every figure that they come to."""

    def __init__(self, url: str) -> None:
        """Read everything."""
        self.rows = read(url)
        self.by_id = {name: {row["id"]: row for row in rows} for name, rows in self.rows.items()}
        self.kpi_number = {row["slug"]: row["id"] for row in self.rows["kpi"]}
        self.kpis = self._definitions()
        self.daily: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in self.rows["measurement"]:
            self.daily[row["employee_id"], row["kpi_id"]].append(row)

    def _definitions(self) -> dict[str, Row]:
        """Return each indicator's definition, of the newest file."""
        newest = {r["slug"]: r for r in self.rows["catalogue_file"] if r["kind"] == "kpis"}
        found: dict[str, Row] = {}
        for row in sorted(newest.values(), key=lambda one: str(one["title"])):
            for kpi in compiled(row)["kpis"]:
                found.setdefault(kpi["id"], kpi)
        return found

    def titles(self, language: str) -> dict[str, str]:
        """Return what each indicator is called in a language, else in its file's own."""
        said = {slug: str(kpi["title"]) for slug, kpi in self.kpis.items()}
        for row in self.rows["catalogue_file"]:
            if row["of_kind"] == "kpis" and row["language"] == language:
                said |= compiled(row)["texts"]
        return {slug: said[slug] for slug in self.kpis}

    def today(self, employee_id: int, now: datetime, *, at_site: bool = False) -> date:
        """Return a moment's day where somebody is employed, or where they work."""
        employer = self.by_id["employer"][self.by_id["employee"][employee_id]["employer_id"]]
        zone, day = employer["time_zone"], now.astimezone(ZoneInfo(employer["time_zone"])).date()
        if at_site:
            for row in self._held("placement", employee_id, day):
                zone = self.by_id["site"][row["site_id"]]["time_zone"]
        return now.astimezone(ZoneInfo(zone)).date()

    def _held(self, table: str, employee_id: int, day: date) -> list[Row]:
        """Return somebody's dated rows that hold on a day."""
        rows = self.rows[table]
        return [r for r in rows if r["employee_id"] == employee_id and holds_on(r, day)]

    def reports(self, lead_id: int | None, day: date) -> list[int]:
        """Return who reports to somebody on a day."""
        lines = self.rows["reporting_line"]
        held = [row for row in lines if row["supervisor_id"] == lead_id and holds_on(row, day)]
        return [row["employee_id"] for row in held]

    def usable(self, employee_id: int, day: date) -> set[int]:
        """Return the sources that may be used about somebody on a day."""
        employer = self.by_id["employee"][employee_id]["employer_id"]
        bases = self.rows["source_basis"]
        return {
            row["source_id"]
            for row in bases
            if row["employer_id"] == employer and holds_on(row, day)
        }

    def pairs(
        self, who: int, slug: str, first: date, last: date, sources: Collection[int] | None
    ) -> dict[date, Pair]:
        """Return somebody's sums of each day that has something to divide by."""
        sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
        plain = self.kpis[slug].get("denominator") is None
        for row in self.daily[who, self.kpi_number.get(slug, 0)]:
            day = day_of(row["day"])
            if first <= day <= last and (sources is None or row["source_id"] in sources):
                sums[day][0] += row["numerator"]
                sums[day][1] += row["denominator"] or 0
        return {day: (n, d) for day, (n, d) in sums.items() if d or plain}

    def of_person(self, who: int, last: date, days: int = 90) -> dict[str, dict[date, Pair]]:
        """Return what was measured of somebody that may be read, by indicator."""
        first, sources = last - timedelta(days=days - 1), self.usable(who, last)
        found = {
            slug: self.pairs(who, slug, first, last, sources)
            for slug, kpi in self.kpis.items()
            if kpi["scope"] == "agent" and kpi.get("individual_use") is not False
        }
        return {slug: pairs for slug, pairs in sorted(found.items()) if pairs}

    def of_team(
        self, people: Collection[int], slug: str, last: date, days: int = 90
    ) -> list[dict[date, Pair]]:
        """Return what was measured of each person of a team, of those of whom something was."""
        first = last - timedelta(days=days - 1)
        found = [self.pairs(who, slug, first, last, None) for who in sorted(people)]
        return [pairs for pairs in found if pairs]

    def threshold(
        self, slug: str, about: tuple[str, str] | None, who: int | None, day: date
    ) -> tuple[Row, Any] | None:
        """Return the narrowest row that holds for somebody, or for everybody, and its rule."""
        place: dict[str, set[int]] = {"campaign_id": set(), "position_id": set(), "site_id": set()}
        if who is not None:
            for table, column in (
                ("campaign_assignment", "campaign_id"),
                ("position_assignment", "position_id"),
                ("placement", "site_id"),
            ):
                place[column] = {row[column] for row in self._held(table, who, day)}
        found = []
        for row in self.rows["kpi_threshold"]:
            own = (
                None
                if row["criterion_id"] is None
                else (row["framework_slug"], row["criterion_id"])
            )
            fits = all(row[column] is None or ids == {row[column]} for column, ids in place.items())
            if (
                row["kpi_id"] == self.kpi_number[slug]
                and own == about
                and fits
                and holds_on(row, day)
            ):
                narrowed = [row[column] is not None for column in place]
                found.append((sum(narrowed), narrowed[0], narrowed[1], row["id"], row))
        return (found_row := max(found)[-1], data_of(found_row["rule"])) if found else None

    def target(self, slug: str, who: int | None, day: date) -> str | None:
        """Return the target of an indicator as it is written."""
        found = self.threshold(slug, None, who, day)
        return None if found is None else str(found[1]["target"])

    def links(self, appraisal: Row) -> Iterator[tuple[str, str, Row]]:
        """Yield framework, criterion and link of all that an appraisal's criteria are seen in."""
        framework = compiled(self.by_id["framework_version"][appraisal["framework_version_id"]])
        scope = data_of(appraisal["scope"])
        units = list(framework["units"])
        for unit in units:
            units.extend(unit.get("units") or ())
            for criterion in unit.get("criteria") or ():
                if scope is None or criterion["id"] in scope:
                    for link in criterion.get("kpis") or ():
                        yield framework["id"], criterion["id"], link

    def findings(self, appraisal: Row, now: datetime) -> dict[str, list[Said]]:
        """Return what indicators say about an appraisal's criteria at a moment, by criterion."""
        who = appraisal["subject_id"]
        last = self.today(who, now, at_site=True)
        led = self.reports(who, last)
        lines = self._held("reporting_line", who, last)
        team = led or self.reports(lines[0]["supervisor_id"] if lines else None, last)
        found: dict[str, list[Said]] = defaultdict(list)
        for framework, criterion, link in self.links(appraisal):
            slug, days = link["kpi"], link.get("window_days") or 90
            of_agent = self.kpis[slug]["scope"] == "agent"
            if link["role"] == "context" and slug != "absence" and (led or not of_agent):
                people = self.of_team(team, slug, last, days)
                if len(people) >= FEWEST_PEOPLE:
                    whole = [pair for pairs in people for pair in pairs.values()]
                    unit = self.kpis[slug]["unit"]
                    said = Said(slug, "context", figure(whole, unit), (), None, len(people))
                    found[criterion].append(said)
            own = self.of_person(who, last, days).get(slug) if of_agent else None
            if own:
                found[criterion].append(self._said(framework, criterion, link, own, who, last))
        return found

    def _said(
        self,
        framework: str,
        criterion: str,
        link: Row,
        own: Mapping[date, Pair],
        who: int,
        day: date,
    ) -> Said:
        """Return what an indicator says of one person and criterion."""
        held = self.threshold(link["kpi"], (framework, criterion), who, day)
        rule = held[1] if held else {}
        levels = {} if link["role"] == "context" else rule.get("levels", {})
        minimum = rule.get("minimum") or link.get("minimum") or {}
        least = (minimum.get("days") or 0, minimum.get("denominator") or 0)
        found = figure(list(own.values()), self.kpis[link["kpi"]]["unit"], least)
        likeliest = None
        if found.between is not None and levels:
            likeliest = "below"
            for level, threshold in levels.items():
                if not reaches(threshold, found.value):
                    break
                likeliest = level
        return Said(link["kpi"], link["role"], found, verdicts(found, levels), likeliest)


def by_week(
    people: Sequence[Mapping[date, Pair]], last: date, days: int = 90, fewest: int = 1
) -> list[tuple[date, list[Pair]]]:
    """Return the days of each week back from the last, the newest first; empty ones left out."""
    found = []
    for back in range(-(-days // WEEK)):
        until = last - timedelta(days=WEEK * back)
        inside = [
            [pair for day, pair in one.items() if until - timedelta(days=WEEK) < day <= until]
            for one in people
        ]
        measured = [pairs for pairs in inside if pairs]
        if measured and len(measured) >= fewest:
            found.append((until, [pair for pairs in measured for pair in pairs]))
    return found


def rounded(value: float | Fraction | Decimal, places: int, *, trimmed: bool = True) -> str:
    """Return a number as English writes it."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    said = f"{exact:,f}"
    return said.rstrip("0").rstrip(".") if trimmed and "." in said else said


def in_unit(value: float, unit: str) -> str:
    """Return a value as pages of figures write it."""
    if unit == "share":
        return f"{rounded(Decimal(str(value)) * 100, 2)}%"
    return rounded(value, 2) + (" s" if unit == "seconds" else "")


def six(value: float | None) -> str | None:
    """Return a number as findings keep it."""
    return None if value is None else f"{value:.6f}"


def beside(value: float, unit: str) -> str:
    """Return a value as pages write it beside a criterion."""
    kept = Decimal(f"{value:.6f}")
    if unit == "share":
        return f"{rounded(kept * 100, 1, trimmed=False)} %"
    return f"{rounded(kept, 0)} s" if unit == "seconds" else rounded(kept, 2)
