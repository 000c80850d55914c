"""The blocks of one connection as they are polled now, each with its slots.

Blocks change while the driver runs: where a device turns out to lack registers,
other blocks take the place of the refused one, on its grid. A block is known by
its owner, a number that is never used again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from config.model import Device
from drivers.modbus.decode import Decode, compile_block
from drivers.modbus.ground import Ground
from drivers.modbus.holes import kept_key, unpack_holes
from drivers.modbus.plan import Block, lay_out
from drivers.modbus.standing import Standing
from drivers.reading import ScanPlan
from drivers.schedule import Due, Schedule, spread


@dataclass(frozen=True, slots=True, eq=False)
class Polled:
    """One block with all that polling it needs."""

    block: Block
    plan: ScanPlan
    decode: Decode
    standing: Standing  # shared by the blocks of one unit
    ground: Ground  # shared by the blocks of one table of it
    is_asked: bool = True  # False: its points cannot be read, and its slots are BAD without a request


class Roster:
    """Who is polled when. Times in nanoseconds of the monotonic clock."""

    def __init__(
        self,
        connection_id: str,
        devices: Sequence[Device],
        *,
        timeout_s: float,
        rng: Random,
        kept: Mapping[str, bytes],
        now_ns: int,
    ) -> None:
        self._connection_id = connection_id
        layouts = lay_out(devices)
        self.standings = {layout.unit_id: Standing(timeout_s, rng) for layout in layouts}
        self.grounds = tuple(
            Ground(
                layout,
                unpack_holes(kept.get(kept_key(connection_id, layout.unit_id, layout.table)), layout),
                now_ns,
            )
            for layout in layouts
        )
        self._polled: dict[int, Polled] = {}
        self._owners = 0
        self._schedule = Schedule()
        for ground in self.grounds:
            for polled in self._of(ground):
                self._admit(polled)

    def __getitem__(self, owner: int) -> Polled:
        """Return what an owner polls."""
        return self._polled[owner]

    def __contains__(self, owner: int) -> bool:
        """Return whether an owner is still polled."""
        return owner in self._polled

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """The plans of all blocks: every point once."""
        return tuple(polled.plan for polled in self._polled.values())

    def begin(self, origin_ns: int) -> None:
        """Give every block its grid, phases spread from `origin_ns` on."""
        periods = [polled.plan.period_s for polled in self._polled.values()]
        for owner, grid in zip(self._polled, spread(periods, origin_ns=origin_ns), strict=True):
            self._schedule.add(owner, grid, origin_ns - 1)

    @property
    def next_ns(self) -> int | None:
        """When the next slot is due; None where there is nothing to do."""
        return self._schedule.next_ns

    def next_of(self, owner: int) -> int:
        """Return when one owner's next slot is due."""
        return self._schedule.next_of(owner)

    def take(self, now_ns: int) -> list[Due]:
        """Return the slots that have come."""
        return self._schedule.take(now_ns)

    def of_unit(self, unit_id: int) -> Iterator[int]:
        """Yield the owners that ask a unit."""
        for owner, polled in self._polled.items():
            if polled.block.unit_id == unit_id and polled.is_asked:
                yield owner

    def replan(self, ground: Ground, now_ns: int) -> tuple[list[int], list[int]]:
        """Put the blocks of a ground as they are now in place of those it had; return who went, who came."""
        before = {owner: polled for owner, polled in self._polled.items() if polled.ground is ground}
        stays = {_key(polled): owner for owner, polled in before.items()}
        now = list(self._of(ground))
        gone = before.keys() - {stays[_key(polled)] for polled in now if _key(polled) in stays}
        grids = {
            id(point): self._schedule.grid_of(owner)
            for owner in gone
            for point in self._polled[owner].block.points
        }
        came = []
        for polled in now:
            if _key(polled) not in stays:
                came.append(self._admit(polled))
                self._schedule.add(came[-1], grids[id(polled.block.points[0])], now_ns)
        for owner in gone:
            del self._polled[owner]
            self._schedule.remove(owner)
        return sorted(gone), came

    def polled(self, ground: Ground, block: Block, *, is_asked: bool = True) -> Polled:
        """Return a block of a ground, made ready for polling."""
        plan = ScanPlan(self._connection_id, block.name, block.points, block.period_s)
        standing = self.standings[block.unit_id]
        return Polled(block, plan, compile_block(block), standing, ground, is_asked)

    def _of(self, ground: Ground) -> Iterator[Polled]:
        for block in ground.blocks():
            yield self.polled(ground, block)
        for block in ground.unread():
            yield self.polled(ground, block, is_asked=False)

    def _admit(self, polled: Polled) -> int:
        self._owners += 1
        self._polled[self._owners] = polled
        return self._owners


def _key(polled: Polled) -> tuple[str, float, bool, tuple[int, ...]]:
    block = polled.block
    return block.name, block.period_s, polled.is_asked, tuple(map(id, block.points))
