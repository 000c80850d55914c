"""Drill `platform`: the platforms lie. What they threw away is found by its numbers, and sent again.

No gateway can know that a message was thrown away after "stored". The platform
can: a number is missing. So the drill looks at each platform's books alone, and
then does what its people would ask for: `edge-agent resend`.
"""

from datetime import UTC, datetime
from typing import Final

from config.model import Plant
from simulator.demo.books import Books, read_books
from simulator.demo.collect import read_absent
from simulator.drill.ground import Ground
from simulator.drill.patience import patience_s
from simulator.drill.played import Note, Played
from simulator.timeline import NS_PER_S

_LIES_END: Final = 0.65


async def be_lied_to(ground: Ground, plant: Plant) -> Played:
    """Wait until the lies are over and the rest is through, then have sent again what is missing."""
    absent = read_absent(ground.piece.platform_folder)
    ground.tell("lies-begin")
    await ground.until(_LIES_END)
    ground.tell("lies-end")
    await ground.drained(patience_s(plant))
    notes = [Note("did-platform")]
    for name in (name for name in plant.uplinks if name not in absent):
        if plant.uplinks[name].hj212 is not None:
            notes.append(Note("no-numbers", {"name": name}))
            continue
        books = read_books(ground.piece.platform_folder / "bureau.db", name)
        notes.append(_found(name, books))
        notes.append(await _sent_again(ground, name))
    return Played(notes)


def _found(name: str, books: Books) -> Note:
    """Whether the holes in a platform's numbers show what it threw away, all of it and nothing else."""
    last = max((*books.numbers, *books.discarded), default=0)
    thrown = books.discarded - books.numbers
    holes = set(range(1, last + 1)) - books.numbers
    return Note("thrown-away", {"name": name, "thrown": len(thrown), "holes": len(holes)}, holes == thrown)


async def _sent_again(ground: Ground, name: str) -> Note:
    begin, end = (_utc(ns) for ns in (ground.begin_ns - 60 * NS_PER_S, ground.now_ns()))
    words = ("resend", "--destination", name, "--from", begin, "--to", end, "--as", "drill")
    code, said = await ground.ask(*words)
    ground.tell("sent-again", name=name)
    return Note("sent-again", {"name": name}) if code == 0 else Note("not-again", {"said": said}, False)


def _utc(ns: int) -> str:
    return datetime.fromtimestamp(ns / NS_PER_S, UTC).isoformat()
