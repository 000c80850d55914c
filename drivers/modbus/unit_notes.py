"""What is learnt about units: told to people, and kept where it must outlive a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from config.model import Device
from config.source import RegisterSource
from drivers.clock import Clock
from drivers.modbus.ground import Ground, Learnt
from drivers.modbus.holes import kept_key, pack_holes
from drivers.modbus.plan import Block, Layout
from drivers.modbus.spans import Range
from drivers.note import Note, OnNote

NAMES_SHOWN_MAX: Final = 16


class UnitTeller:
    """Makes notes of what `presence.py` and `ground.py` find, and remembers which of them stand."""

    def __init__(self, connection_id: str, devices: Sequence[Device], clock: Clock, on_note: OnNote) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._on_note = on_note
        self._standing: dict[tuple[str, int, str], Note] = {}
        self._devices: dict[int, dict[str, None]] = {}
        for device in devices:
            for point in device.points:
                if isinstance(point.source, RegisterSource):
                    self._devices.setdefault(point.source.unit_id, {})[device.id] = None

    @property
    def standing(self) -> tuple[Note, ...]:
        """Which units are silent, and which points cannot be read."""
        return tuple(self._standing.values())

    def tell_presence(
        self, code: str, unit_id: int, block: Block | None = None, **fields: str | float
    ) -> None:
        """Tell how a unit, or one block of it, is faring; what is no end of something stands."""
        note = self._note(code, unit_id, {**_block_fields(block), **fields})
        about = fields.get("exception_code", block.name if block else "")
        key = ("presence", unit_id, str(about))
        self._standing.pop(key, None)
        if not code.endswith("-back"):
            self._standing[key] = note
        self._on_note(note)

    def tell_learnt(self, ground: Ground) -> None:
        """Tell what a ground has learnt, and have its holes kept."""
        layout = ground.layout
        key = kept_key(self._connection_id, layout.unit_id, layout.table)
        kept = {key: pack_holes(ground.holes, layout)}
        for learnt in ground.take_learnt():
            self._on_note(replace(self._about(learnt, layout), kept=kept))
        self.remember(ground)

    def remember(self, ground: Ground) -> None:
        """Let it stand which points of a ground cannot be read, without telling it."""
        layout, missing = ground.layout, ground.missing()
        key = ("missing", layout.unit_id, layout.table.value)
        self._standing.pop(key, None)
        if missing:
            points = tuple(span.point.id for span in missing)
            registers = tuple(sorted({span.range for span in missing}))
            self._standing[key] = self._about(Learnt("points-missing", points, registers), layout)

    def _about(self, learnt: Learnt, layout: Layout) -> Note:
        registers = _listed([_shown(addresses) for addresses in learnt.registers])
        fields = {"table": layout.table.value, "points": _listed(learnt.points), "registers": registers}
        return self._note(learnt.code, layout.unit_id, fields)

    def _note(self, code: str, unit_id: int, fields: Mapping[str, str | float]) -> Note:
        devices = ", ".join(self._devices[unit_id])
        told = {"unit_id": unit_id, "devices": devices, **fields}
        return Note(code, self._connection_id, self._clock.now_ns(), told)


def _block_fields(block: Block | None) -> dict[str, str | float]:
    if block is None:
        return {}
    points = _listed([point.id for point in block.points])
    registers = _shown((block.first, block.first + block.count))
    return {"table": block.table.value, "registers": registers, "points": points}


def _listed(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - NAMES_SHOWN_MAX})" if len(names) > NAMES_SHOWN_MAX else ""
    return ", ".join(names[:NAMES_SHOWN_MAX]) + more


def _shown(addresses: Range) -> str:
    """Return addresses as people write them, counted from 0: `7`, `12-13`."""
    first, last = addresses[0], addresses[1] - 1
    if first > last:
        return f"{last}|{first}"  # the boundary between two registers
    return str(first) if first == last else f"{first}-{last}"
