"""Who judges beside the supervisors in the service protocol of Santiago.

Bruno's three peers answer, so that he reads what they say together; two of another agent
do, so that nothing of it is shown. Second assessors score six agents by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from competency.assessments.schema import Answer, AssessorKind
from competency.demonstration import words
from competency.demonstration.cast import BRUNO
from competency.demonstration.steps import Running
from competency.frameworks.schema import BELOW

PEERS = {
    BRUNO: ("D303", "D304", "D305"),
    "D307": ("D304", "D306"),
}
"""Whose peers answer; the second has too few of them for anything to be shown."""
WAITING = ("D310", "D306")
"""An agent whose appraisal is still to do, and the peer who has not answered yet."""
SECONDS = {
    "D304": "D210", "D305": "D800", "D307": "D210", "D322": "D200", "D324": "D200",
    "D326": "D800",
}  # fmt: skip
"""Who scores which agents a second time: the supervisor of the other team, and the trainer."""
NOT_YET = ("D303", "D800")
"""An agent whom a second assessor has not scored yet."""


def heard_beside(
    cycle: Running, start: datetime, judged: Callable[[Running, int], list[Answer]]
) -> None:
    """Ask seconds and peers in the first days of the cycle; they answer before the leads.

    ``judged`` gives what the lead will say of the person at a place of the cycle.
    """
    asked, answered = start + timedelta(days=1), start + timedelta(days=3)
    for number, peers in PEERS.items():
        for place, peer in enumerate(peers):
            cycle.ask_peer(asked, number, peer, "D100")
            answers = _peer(cycle, place)
            cycle.answer(answered, number, peer, AssessorKind.PEER, answers)
    cycle.ask_peer(asked, *WAITING, "D100")
    for place, (number, second) in enumerate(SECONDS.items()):
        cycle.beside("name_second", asked, number, "D100", number=second)
        as_judged = judged(cycle, list(cycle.appraisals).index(number))
        cycle.answer(answered, number, second, AssessorKind.SECOND, _second(as_judged, place))
    number, second = NOT_YET
    cycle.beside("name_second", asked, number, "D100", number=second)


def _peer(cycle: Running, place: int) -> list[Answer]:
    """Return a peer's answers: what they could not see they don't say."""
    found = []
    for row, criterion in enumerate(cycle.criteria):
        said = words.PEERS_SAID[(row + place) % len(words.PEERS_SAID)] if row % 9 == place else ""
        if (row + 2 * place) % 13 == 0:
            found.append(Answer(criterion, excused=True))
        else:
            found.append(Answer(criterion, BELOW if (row + place) % 17 == 0 else "met", note=said))
    return found


def _second(as_judged: Sequence[Answer], place: int) -> list[Answer]:
    """Return a second assessor's answers: near the lead's, here stricter and there milder."""
    found = []
    for row, answer in enumerate(as_judged):
        if (row + place) % 21 == 0:
            reason = words.NOT_MET[(row + place) % len(words.NOT_MET)]
            found.append(Answer(answer.criterion_id, BELOW, note=reason))
        elif answer.level == BELOW and (row + place) % 3 == 0:
            found.append(Answer(answer.criterion_id, "met"))
        else:
            found.append(answer)
    return found
