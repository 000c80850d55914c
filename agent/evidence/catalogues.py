"""What points were when their readings were taken: by the catalogue record that the readings name.

A store outlives its plant file. The state holds every catalogue that was in force
since the store began; one of an older epoch stands in the event lane.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agent.evidence.history import UNREADABLE, payloads
from agent.recorder import CATALOGUE_PREFIX
from agent.records import Json, Packer
from buffering.beside import StoreBeside
from buffering.record import Lane

_NAMELESS: Final[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point as its catalogue has it; `period_s` None where that is not told."""

    id: str
    device: str
    name: dict[str, str]
    tag: str
    unit: str
    period_s: float | None


class Catalogues:
    """The catalogues of one store, by key."""

    def __init__(self, store: StoreBeside) -> None:
        """Raises StoreFailed."""
        self._store = store
        self._packer = Packer()
        self._contents: dict[str, Json] = {}
        self._points: dict[str, tuple[KnownPoint, ...]] = {}
        self._has_searched = False
        for key, packed in store.state(CATALOGUE_PREFIX).items():
            self._add(key.removeprefix(CATALOGUE_PREFIX), packed)

    def points(self, key: str) -> tuple[KnownPoint, ...]:
        """Return a catalogue's points by their number; none if it is nowhere. Raises StoreFailed."""
        if key not in self._points:
            content = self._find(key)
            self._points[key] = tuple(_points(content.get("points", ()))) if content else ()
        return self._points[key]

    def all_points(self) -> Iterable[KnownPoint]:
        """Return every point of every catalogue that there is. Raises StoreFailed."""
        self._search()
        return [point for key in self._contents for point in self.points(key)]

    def content(self, key: str) -> Json:
        """Return a catalogue's record; empty if it is nowhere. Raises StoreFailed."""
        return self._find(key) or {}

    def newest(self) -> Json | None:
        """Return the catalogue that was recorded last. Raises StoreFailed."""
        self._search()
        return next(reversed(self._contents.values()), None)

    def _find(self, key: str) -> Json | None:
        if key not in self._contents:
            self._search()
        return self._contents.get(key)

    def _search(self) -> None:
        """Look through the event lane, once; what stands there last counts as the newest."""
        if self._has_searched:
            return
        self._has_searched = True
        for epoch, lane in self._store.lanes():
            for _, _, payload in payloads(self._store, epoch, lane) if lane is Lane.EVENT else ():
                self._add(None, payload)

    def _add(self, key: str | None, packed: bytes) -> None:
        try:
            content = self._packer.unpack(packed)
            if content["kind"] == "catalogue":
                self._contents.pop(content["catalogue"], None)
                self._contents[str(key or content["catalogue"])] = content
        except UNREADABLE:
            return  # what was altered is told by `audit verify`; here its points go without a name


def _points(entries: Iterable[Json]) -> Iterable[KnownPoint]:
    for entry in entries:
        period = entry.get("period_s")
        yield KnownPoint(
            id=str(entry.get("id")),
            device=str(entry.get("device") or ""),
            name=entry.get("name") or _NAMELESS,
            tag=entry.get("tag") or "",
            unit=entry.get("unit") or "",
            period_s=float(period) if period else None,
        )


def unnamed(key: str, number: int) -> KnownPoint:
    """Return what stands for a point whose catalogue is nowhere."""
    return KnownPoint(f"?{key}#{number}", "", _NAMELESS, "", "", None)
