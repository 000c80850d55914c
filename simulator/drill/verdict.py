"""The verdict on a drill: its accounting, line by line, with what is not as it should be.

Nothing here is computed from what the agent says of itself. A drill is passed
only if every line is right; a line that explains something is right by itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.demo.accounting import NS_PER_S, Accounting, Alarm, Destination, Gap
from simulator.demo.books import Books
from simulator.demo.entitlement import Delivery
from simulator.drill.played import Note, Played

_FIRST_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one drill. `notes` are told by messages.py."""

    drill: str
    notes: Sequence[Note]

    @property
    def passed(self) -> bool:
        """Whether everything is as it should be."""
        return all(note.is_right for note in self.notes)


def judge(drill: str, accounting: Accounting, played: Played) -> Verdict:
    """Return the verdict on a drill that was played to its end."""
    notes = [*played.notes, *_recorded(accounting), *_gaps(accounting.gaps)]
    present = 0
    for name, destination in accounting.destinations.items():
        notes += _received(name, destination)
        present += destination.books is not None
    notes += _alarms(accounting)
    if not present:
        notes.append(Note("nobody-there", is_right=False))
    return Verdict(drill, notes)


def failed(drill: str, code: str, /, **fields: Any) -> Verdict:
    """Return the verdict on a drill that could not be played to its end."""
    return Verdict(drill, [Note(code, fields, is_right=False)])


def _recorded(accounting: Accounting) -> Iterator[Note]:
    acceptance = accounting.acceptance
    yield Note(
        "recorded",
        {
            "served": acceptance.served,
            "accepted": acceptance.accepted,
            "in_gaps": acceptance.in_gaps,
            "after_stop": acceptance.after_stop,
        },
        acceptance.served > 0,
    )
    if acceptance.missing:
        points = _few(sorted({reading.point for reading in acceptance.missing}))
        yield Note("not-recorded", {"count": len(acceptance.missing), "points": points}, is_right=False)
    if acceptance.unfounded:
        points = _few(sorted({reading.point.id for reading in acceptance.unfounded}))
        yield Note("made-up", {"count": len(acceptance.unfounded), "points": points}, is_right=False)


def _gaps(gaps: Sequence[Gap]) -> Iterator[Note]:
    for cause, count in sorted(Counter(gap.cause for gap in gaps).items()):
        seconds = sum(gap.to_ns - gap.from_ns for gap in gaps if gap.cause == cause) / NS_PER_S
        yield Note("gap", {"cause": cause, "count": count, "seconds": round(seconds, 1)})


def _received(name: str, destination: Destination) -> Iterator[Note]:
    books, delivery = destination.books, destination.delivery
    if books is None or delivery is None:
        yield Note("absent", {"name": name, "reason": destination.absent})
        return
    yield Note(
        "received",
        {
            "name": name,
            "entitled": delivery.entitled_readings,
            "received": delivery.received_readings,
            "taken": delivery.taken_readings,
            "left": delivery.left_readings,
            "repeats": books.repeats,
        },
    )
    yield from _faults(name, delivery)
    yield from _treated(name, books)


def _faults(name: str, delivery: Delivery) -> Iterator[Note]:
    for code, found in (
        (
            "missing-readings",
            [f"{r.point.id} {r.epoch}/{r.seq}/{r.index}" for r in delivery.missing_readings],
        ),
        ("missing-records", ["/".join(map(str, record)) for record in delivery.missing_records]),
        ("contradicted", ["/".join(map(str, identity)) for identity in delivery.contradicted]),
        ("never-accepted", ["/".join(map(str, identity)) for identity in delivery.never_accepted]),
        ("missing-numbers", [str(number) for number in delivery.missing_numbers]),
    ):
        if found:
            yield Note(code, {"name": name, "count": len(found), "first": _few(found)}, is_right=False)


def _treated(name: str, books: Books) -> Iterator[Note]:
    odd = {outcome: count for outcome, count in sorted(books.attempts.items()) if outcome != "stored"}
    if odd:
        told = ", ".join(f"{outcome} {count}" for outcome, count in odd.items())
        yield Note("treated", {"name": name, "treatments": told})


def _alarms(accounting: Accounting) -> Iterator[Note]:
    alarms = accounting.alarms
    if not alarms:
        yield Note("no-alarm-due")
        return
    told = sum(alarm.complete for alarm in alarms)
    unseen = [each for each in alarms if not each.complete and _is_in_gap(each, accounting.gaps)]
    wrong = [each for each in alarms if not each.complete and each not in unseen]
    yield Note("alarms", {"due": len(alarms), "told": told, "unseen": len(unseen)})
    if wrong:
        rules = _few([each.crossing.rule.id for each in wrong])
        yield Note("alarm-missing", {"count": len(wrong), "rules": rules}, is_right=False)


def _is_in_gap(alarm: Alarm, gaps: Sequence[Gap]) -> bool:
    """Whether the agent was not there, on record, while the alarm became due."""
    crossing = alarm.crossing
    return any(
        gap.from_ns - NS_PER_S // 10 <= crossing.due_ns and gap.to_ns >= crossing.first_ns for gap in gaps
    )


def _few(things: Sequence[str]) -> str:
    return ", ".join(things[:_FIRST_FEW]) + (", …" if len(things) > _FIRST_FEW else "")
