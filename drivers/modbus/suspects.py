"""Which blocks fail by themselves, while their unit answers for others.

Some devices never answer for registers that they lack, or spoil just one of their
answers; that is the block's fault and not its unit's. A failure is held against
a block only when the unit has answered for another one after it. After three of
these in a row the block rests, ever longer, and is tried again after each rest.

Until it is known whose fault a failure is, the block is suspect: it is no use for
finding out whether its unit lives.

Pure; times in nanoseconds of the monotonic clock.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from drivers.errors import UnitFault

FAILURES_MAX: Final = 3
TOLD_FROM: Final = 5
"""More than rest a block: on a bad line, three lost answers in a row come by chance once in a while."""
REST_FIRST_NS: Final = 2_000_000_000
"""Short: what a disturbance has hit is to be back within 5 s of its end."""
REST_SOON_NS: Final = 4_000_000_000
TRIES_SOON: Final = 15
"""For a minute no rest is longer: a block that fails now and then is not one that is never answered."""
REST_CAP_NS: Final = 600_000_000_000


@dataclass(slots=True)
class _Rest:
    until_ns: int
    wait_ns: int = REST_FIRST_NS


class Suspects:
    """The blocks of one connection that failed of late. A block is known by its owner, see roster.py."""

    def __init__(self) -> None:
        self._open: dict[int, dict[int, None]] = {}  # unit → owners that failed since it last answered
        self._counts: Counter[int] = Counter()
        self._rests: dict[int, _Rest] = {}
        self._retried: set[int] = set()  # units whose first failure has had its second chance
        self._heard: set[int] = set()  # owners that have ever answered
        self.faults: dict[int, UnitFault] = {}  # the last one of each owner that has failed

    def failed(self, unit_id: int, owner: int, fault: UnitFault, now_ns: int) -> bool:
        """Take a failure; return whether it tells nothing new, because the block rests by itself."""
        self.faults[owner] = fault
        rest = self._rests.get(owner)
        if rest is None:
            self._open.setdefault(unit_id, {})[owner] = None
            return False
        cap_ns = REST_SOON_NS if self._counts[owner] < TRIES_SOON else REST_CAP_NS
        rest.wait_ns = min(2 * rest.wait_ns, cap_ns)
        rest.until_ns = now_ns + rest.wait_ns
        self._counts[owner] += 1
        return True

    def answered(self, unit_id: int, owner: int | None, now_ns: int) -> list[int]:
        """Take an answer; return the blocks of the unit against which a failure is held from now on."""
        if owner is not None:
            self._heard.add(owner)
            self.forgive(owner)
            self._open.get(unit_id, {}).pop(owner, None)
        self._retried.discard(unit_id)
        proved = list(self._open.pop(unit_id, ()))
        for each in proved:
            self._counts[each] += 1
            if self._counts[each] >= FAILURES_MAX:
                self._rests[each] = _Rest(now_ns + REST_FIRST_NS)
        return proved

    def second_chance(self, unit_id: int) -> int | None:
        """Return the block of a unit that failed first; once, until the unit answers."""
        if unit_id in self._retried:
            return None
        self._retried.add(unit_id)
        return next(iter(self._open.get(unit_id, ())), None)

    def forgive(self, owner: int) -> None:
        """Take it that nothing is to be said against a block any more."""
        self._counts.pop(owner, None)
        self._rests.pop(owner, None)
        self.faults.pop(owner, None)

    def forget(self, owner: int) -> None:
        """Take it that a block is no more."""
        self.forgive(owner)
        self._heard.discard(owner)
        for owners in self._open.values():
            owners.pop(owner, None)

    def count(self, owner: int) -> int:
        """Return how many failures in a row are held against a block."""
        return self._counts[owner]

    def is_suspect(self, unit_id: int, owner: int) -> bool:
        """Return whether a block failed since its unit last answered."""
        return owner in self._open.get(unit_id, {})

    def is_known(self, owner: int) -> bool:
        """Return whether a block rests by itself, or is tried again."""
        return owner in self._rests

    def rests(self, owner: int, now_ns: int) -> bool:
        """Return whether a block is not to be asked for now."""
        rest = self._rests.get(owner)
        return rest is not None and now_ns < rest.until_ns

    def due(self, now_ns: int) -> list[int]:
        """Return the blocks whose rest is over."""
        return [owner for owner, rest in self._rests.items() if now_ns >= rest.until_ns]

    def witnesses(self, unit_id: int, owners: Iterable[int]) -> list[int]:
        """Return those blocks of a unit that have answered, and nothing is held against."""
        return self._well(unit_id, self._able(owners, self._heard))

    def probes(self, unit_id: int, owners: Iterable[int]) -> list[int]:
        """Return the blocks that tell best whether a unit lives: of those that have answered, if any has.

        Once all are suspect they have their turns anew, but for the first one: it may be to blame.
        """
        every = list(owners)
        able = self._able(every, self._heard) or self._able(every, every) or every
        return self._well(unit_id, able) or self._anew(unit_id, able)

    def _anew(self, unit_id: int, owners: list[int]) -> list[int]:
        first = next(iter(self._open.pop(unit_id, ())), None)
        others = [owner for owner in owners if owner != first]
        if first is not None and others:
            self._open[unit_id] = {first: None}
        return others or owners

    def _able(self, owners: Iterable[int], among: Collection[int]) -> list[int]:
        return [owner for owner in owners if owner in among and owner not in self._rests]

    def _well(self, unit_id: int, owners: Iterable[int]) -> list[int]:
        return [owner for owner in owners if not self.is_suspect(unit_id, owner)]
