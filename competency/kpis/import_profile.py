"""Import profiles as text: read with every fault and its line."""

from __future__ import annotations

from collections.abc import Iterator

from competency.errors import InvalidFile
from competency.files.faults import Fault, Finding
from competency.files.limits import Limits
from competency.files.reader import read
from competency.files.said import Said
from competency.files.validation import validate
from competency.kpis.import_schema import CampaignFrom, ImportProfile, Shape

PROFILE_LIMITS = Limits(bytes=60_000, nodes=5_000, characters=500, faults=50)


def read_profile(text: str, name: str = "profile") -> ImportProfile:
    """Return the profile; raise ``InvalidFile`` with every fault and its line."""
    document = read(text.encode("utf-8"), name, PROFILE_LIMITS)
    faults = list(document.faults)
    profile = None
    if document.data is not None and not faults:
        profile, findings = validate(document.data, ImportProfile)
        findings = findings or tuple(_contradictions(profile) if profile else ())
        faults += document.placed(findings)
    if profile is None or faults:
        raise refused(faults)
    return profile


def refused(faults: list[Fault]) -> InvalidFile:
    """Return the error that tells the faults of a profile."""
    return InvalidFile(
        "The import profile can't be used; faults: %(number)s.",
        [fault.said for fault in faults],
        number=len(faults),
    )


def _contradictions(profile: ImportProfile) -> Iterator[Finding]:
    """Yield what a profile contradicts in itself."""
    is_long = profile.shape is Shape.LONG
    if is_long and profile.long is None:
        yield Finding(
            ("shape",),
            Said("a measurement a row needs its columns"),
            Said("add long: {kpi: ..., numerator: ..., denominator: ...}"),
        )
    if is_long and profile.fields:
        yield Finding(
            ("fields",),
            Said("a measurement a row has no fields"),
            Said("remove them, or use the shape wide or calls"),
            at_key=True,
        )
    if not is_long and profile.long is not None:
        yield Finding(
            ("long",),
            Said("only a measurement a row has these columns"),
            Said("remove them, or use the shape long"),
            at_key=True,
        )
    if not is_long and not profile.fields:
        yield Finding(
            ("shape",),
            Said("no field is read"),
            Said("add fields: {handled: {column: ...}}, as the definitions name them"),
        )
    if profile.contact is not None and profile.shape is not Shape.CALLS:
        yield Finding(
            ("contact",),
            Said("only a file of contacts names them"),
            Said("remove it, or use the shape calls"),
            at_key=True,
        )
    if profile.files.thousands == profile.files.decimal:
        yield Finding(
            ("files", "thousands"),
            Said("decimals and thousands can't be written alike"),
            Said("use another one, or none"),
        )
    yield from _campaign_contradictions(profile)
    for name, field in profile.fields.items():
        if profile.shape is Shape.WIDE and (field.column is None or field.where is not None):
            yield Finding(
                ("fields", name),
                Said("only contacts are counted and chosen"),
                Said("name its column and nothing else, or use the shape calls"),
            )


def _campaign_contradictions(profile: ImportProfile) -> Iterator[Finding]:
    """Yield what is missing or too much about the campaign."""
    campaign = profile.campaign
    needed = {CampaignFrom.COLUMN: "column", CampaignFrom.FIXED: "code"}.get(campaign.take)
    for key in ("column", "code"):
        if key == needed and getattr(campaign, key) is None:
            yield Finding(
                ("campaign",),
                Said("%(key)s is missing", key=key),
                Said("add it, or take the campaign from elsewhere"),
            )
        if key != needed and getattr(campaign, key) is not None:
            yield Finding(
                ("campaign", key),
                Said("%(key)s is not used", key=key),
                Said("remove it, or take the campaign from it"),
                at_key=True,
            )
