"""What stands beside the deciding levels: seconds, peers, and the last appraisal.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext

from competency.assessments.beside_queries import Said
from competency.assessments.models import Judgement
from competency.assessments.peers import SHOWN_FROM, Together, together
from competency.assessments.presenters import ShownAnswer, level_kind, level_label, shown_answer
from competency.assessments.result_presenters import answer_of
from competency.assessments.schema import Answer, AssessorKind
from competency.frameworks.schema import BELOW, Framework


@dataclass(frozen=True)
class Voice:
    """One answer with whose it is, in words."""

    who: str
    answer: ShownAnswer


@dataclass(frozen=True)
class LevelCount:
    """How many peers said one level."""

    label: str
    kind: str
    number: int


@dataclass(frozen=True)
class PeersSay:
    """What anonymous peers say together about one criterion."""

    counts: tuple[LevelCount, ...]
    unable: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class BesideCriterion:
    """What stands beside one criterion's level."""

    voices: tuple[Voice, ...] = ()
    peers: PeersSay | None = None
    earlier: ShownAnswer | None = None


@dataclass(frozen=True)
class Beside:
    """What stands beside a result, by criterion id.

    ``peers`` counts the anonymous peers whose answers are shown; ``note`` says why
    they are not, where peers were asked.
    """

    criteria: Mapping[str, BesideCriterion] = field(default_factory=dict)
    peers: int = 0
    note: str = ""
    language: str = ""

    def of(self, criterion_id: str) -> BesideCriterion:
        """Return what stands beside one criterion."""
        return self.criteria.get(criterion_id, BesideCriterion())


def beside(
    framework: Framework,
    said: Sequence[Said],
    earlier: Mapping[str, Judgement],
    *,
    anonymous: bool,
    asks_peers: bool,
    shows_drawn: bool,
) -> Beside:
    """Return what may stand beside a result; anonymous peers together, from three up."""
    voices: dict[str, list[Voice]] = {}
    peers: dict[int, dict[str, Answer]] = {}
    for each in said:
        row = each.judgement
        if row.kind is AssessorKind.PEER and anonymous:
            peers.setdefault(row.assessor_id, {})[row.criterion_id] = answer_of(row)
        elif not each.drawn or shows_drawn:
            voice = Voice(_who(each), shown_answer(framework, answer_of(row)))
            voices.setdefault(row.criterion_id, []).append(voice)
    shared = together(peers)
    return Beside(
        {
            criterion.id: BesideCriterion(
                tuple(voices.get(criterion.id, ())),
                _peers_say(framework, criterion.id, shared.get(criterion.id)),
                _earlier(framework, earlier.get(criterion.id)),
            )
            for criterion in framework.criteria()
        },
        len(peers) if shared else 0,
        _note(anonymous=anonymous, asks_peers=asks_peers, shown=bool(shared)),
        framework.language,
    )


def _who(said: Said) -> str:
    """Return who said something, in words."""
    if said.judgement.kind is AssessorKind.PEER:
        return gettext("Peer: %(name)s", name=said.name)
    return gettext("Second assessor: %(name)s", name=said.name)


def _note(*, anonymous: bool, asks_peers: bool, shown: bool) -> str:
    """Return how to read what peers say, or why it is not shown."""
    if not (asks_peers and anonymous):
        return ""
    if not shown:
        return gettext(
            "What peers say is shown when at least %(count)s of them have answered.",
            count=SHOWN_FROM,
        )
    return gettext(
        "Peers are shown together, without names, and only where at least %(count)s of them"
        " could judge.",
        count=SHOWN_FROM,
    )


def _peers_say(framework: Framework, criterion_id: str, said: Together | None) -> PeersSay | None:
    """Return peers' counts from the lowest level up, with their words."""
    if said is None:
        return None
    scale = framework.scale_of(criterion_id)
    counts = tuple(
        LevelCount(
            level_label(framework, criterion_id, level),
            level_kind(framework, criterion_id, level),
            said.levels[level],
        )
        for level in (BELOW, *scale.codes())
        if level in said.levels
    )
    return PeersSay(counts, said.unable, said.words)


def _earlier(framework: Framework, row: Judgement | None) -> ShownAnswer | None:
    """Return the level decided last time; ``None`` where the scale has it no more."""
    if row is None or row.level is None:
        return None
    if row.level not in (BELOW, *framework.scale_of(row.criterion_id).codes()):
        return None
    return shown_answer(framework, Answer(row.criterion_id, row.level))
