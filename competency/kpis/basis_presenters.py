"""Words for sources, and for what the law of a country asks; pure."""

from __future__ import annotations

from flask_babel import gettext

from competency.kpis.schema import SourceKind


def source_kind_label(kind: SourceKind) -> str:
    """Return how figures come from a source, in words."""
    return {
        SourceKind.FILES: gettext("Files of another system"),
        SourceKind.OBSERVATIONS: gettext("Observations made here"),
    }[kind]


def basis_state_label(state: str) -> str:
    """Return whether a basis holds today, in words."""
    return {
        "planned": gettext("Begins later"),
        "holds": gettext("In force"),
        "ended": gettext("Ended"),
    }[state]


def law_hint(country: str) -> str:
    """Return in short what the law of a country asks before figures are used about people."""
    return {
        "CL": gettext(
            "In Chile the internal regulations must provide for the control (Labour Code, "
            "art. 154, no. 5), by general means that respect dignity. Law 19.628, which Law 21.719 "
            "amends "
            "from 1 December 2026, asks for a lawful basis and for information, and lets people "
            "ask for an explanation and for a person to decide."
        ),
        "IT": gettext(
            "In Italy art. 4 of Law 300/1970 asks for an agreement with the union representatives, "
            "or the labour inspectorate's authorisation, unless the system is a tool of work or "
            "records attendance; and always for adequate information on how it is used. "
            "Information under the GDPR comes in addition."
        ),
        "RU": gettext(
            "In Russia the Labour Code (arts. 86–88) lets data be used for work and quality "
            "control under an internal act that employees have signed for. Law 152-FZ asks for a "
            "ground of processing (art. 6), for storage in Russia (art. 18), and forbids decisions "
            "made by machine alone without written consent (art. 16)."
        ),
        "ES": gettext(
            "In Spain the works council is heard before control systems are brought in or changed "
            "(Workers’ Statute, art. 64.5) and informed of the rules of algorithms (art. 64.4). "
            "Organic Law 3/2018 (arts. 87–90) and the GDPR ask that people are told beforehand, "
            "expressly and clearly."
        ),
    }.get(
        country,
        gettext(
            "Say what the law of this country asks: a basis, an agreement with the "
            "representatives, and information to the people concerned."
        ),
    )
