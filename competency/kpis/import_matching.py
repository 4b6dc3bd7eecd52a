"""Whom and which campaign the rows of a file mean: joined with what the organisation has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from competency.kpis.import_faults import Wrong
from competency.kpis.import_rows import faults_where, joined, without
from competency.kpis.import_schema import CampaignFrom, ImportProfile, PersonBy

PEOPLE = {
    "employee_id": pl.Int64,
    "number": pl.String,
    "hired_on": pl.Date,
    "left_on": pl.Date,
}
ALIASES = {"name": pl.String, "employee_id": pl.Int64}
CAMPAIGNS = {"campaign_id": pl.Int64, "code": pl.String, "name": pl.String}
ASSIGNMENTS = {
    "employee_id": pl.Int64,
    "campaign_id": pl.Int64,
    "starts_on": pl.Date,
    "ends_on": pl.Date,
}


@dataclass(frozen=True)
class Organisation:
    """People by number in capitals, a source's names for them, campaigns and assignments.

    A name of the source without ``employee_id`` is of nobody: its rows are left out.
    """

    people: pl.DataFrame
    aliases: pl.DataFrame
    campaigns: pl.DataFrame
    assignments: pl.DataFrame
    last_day: date
    """The last day that can be over somewhere."""


def matched(
    rows: pl.DataFrame, profile: ImportProfile, organisation: Organisation
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return rows with ``employee_id`` and ``campaign_id``, faults, and how many are of nobody.

    Rows that have a fault already are to be left out before.
    """
    left_out = _of_nobody(rows, organisation)
    rows = rows.join(left_out, on="who", how="anti") if not left_out.is_empty() else rows
    skipped = left_out.height and int(left_out["rows"].sum())
    rows = rows.join(_whom(rows, profile, organisation), on="who", how="left")
    heading = profile.person.column
    not_there = (pl.col("day") < pl.col("hired_on")) | (pl.col("day") >= pl.col("left_on"))
    faults = [
        faults_where(rows, pl.col("employee_id").is_null(), heading, Wrong.UNKNOWN_PERSON, "who"),
        faults_where(
            rows, pl.col("day") > organisation.last_day, profile.day, Wrong.FUTURE, "when"
        ),
        faults_where(rows, not_there, heading, Wrong.NOT_EMPLOYED, "who"),
    ]
    known = without(rows, joined(faults))
    match profile.campaign.take:
        case CampaignFrom.ASSIGNMENT:
            known, wrong = _assigned(known, organisation, heading)
            faults.append(wrong)
        case CampaignFrom.COLUMN | CampaignFrom.FIXED:
            known = known.join(_campaigns(organisation), on="campaign", how="left")
            missing = pl.col("campaign_id").is_null()
            where = profile.campaign.column or ""
            faults.append(faults_where(known, missing, where, Wrong.UNKNOWN_CAMPAIGN, "campaign"))
        case CampaignFrom.NONE:
            known = known.with_columns(pl.lit(None, dtype=pl.Int64).alias("campaign_id"))
    return known, joined(faults), skipped


def _of_nobody(rows: pl.DataFrame, organisation: Organisation) -> pl.DataFrame:
    """Return the source's names that are of nobody, and how many rows each has."""
    nobody = organisation.aliases.filter(pl.col("employee_id").is_null()).select(who="name")
    return rows.join(nobody, on="who").group_by("who").agg(pl.len().alias("rows"))


def _whom(rows: pl.DataFrame, profile: ImportProfile, organisation: Organisation) -> pl.DataFrame:
    """Return each name of a file with the person it means, where there is one."""
    names = rows.select("who").unique().with_columns(number=pl.col("who").str.to_uppercase())
    aliases = organisation.aliases.filter(pl.col("employee_id").is_not_null())
    names = names.join(
        aliases.rename({"name": "who", "employee_id": "of_alias"}), on="who", how="left"
    )
    if profile.person.by is PersonBy.NUMBER:
        numbers = organisation.people.select("number", of_number="employee_id")
        names = names.join(numbers, on="number", how="left")
    else:
        names = names.with_columns(of_number=pl.lit(None, dtype=pl.Int64))
    names = names.select("who", employee_id=pl.coalesce("of_alias", "of_number"))
    people = organisation.people.select("employee_id", "hired_on", "left_on")
    return names.join(people, on="employee_id", how="left")


def _campaigns(organisation: Organisation) -> pl.DataFrame:
    """Return campaigns by code and, where no other has it as code or name, by name."""
    codes = organisation.campaigns.select(campaign="code", campaign_id="campaign_id")
    names = organisation.campaigns.select(campaign="name", campaign_id="campaign_id")
    names = names.filter(pl.col("campaign").is_unique())
    return pl.concat([codes, names.join(codes, on="campaign", how="anti")])


def _assigned(
    rows: pl.DataFrame, organisation: Organisation, heading: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows with the one campaign of person and day, none where there is none."""
    days = rows.select("employee_id", "day").unique()
    held = (
        days.join(organisation.assignments, on="employee_id")
        .filter(
            (pl.col("starts_on") <= pl.col("day"))
            & (pl.col("ends_on").is_null() | (pl.col("ends_on") > pl.col("day")))
        )
        .group_by("employee_id", "day")
        .agg(pl.col("campaign_id").min(), pl.col("campaign_id").n_unique().alias("campaigns"))
    )
    rows = rows.join(held, on=["employee_id", "day"], how="left")
    several = pl.col("campaigns") > 1
    return rows, faults_where(rows, several, heading, Wrong.SEVERAL_CAMPAIGNS, "who")
