"""The facts of a notice to staff: plain values, frozen, already in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from competency.documents.job_schema import Worded
from competency.documents.schema import Issuer


@dataclass(frozen=True)
class NoticeIndicator:
    """One indicator: what is counted, what it is divided by, and how it misleads."""

    title: Worded
    numerator: Worded
    denominator: Worded | None
    pitfalls: tuple[Worded, ...] = ()


@dataclass(frozen=True)
class NoticeBasis:
    """What allows the figures to be used about one person, and since when."""

    version: str
    told_on: date
    since: date
    legal_basis: str
    agreement: str | None
    purposes: str
    months: int


@dataclass(frozen=True)
class NoticeFacts:
    """Everything that a notice says; without a basis it is a draft."""

    language: str
    issuer: Issuer
    made_on: date
    source: str
    parameters: str | None
    indicators: tuple[NoticeIndicator, ...]
    basis: NoticeBasis | None = None
