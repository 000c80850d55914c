"""What is learnt about units: told to people, and kept where it must outlive a restart."""

from collections.abc import Mapping, Sequence
from typing import Final

from config.model import Device
from config.source import RegisterSource
from drivers.clock import Clock
from drivers.modbus.ground import Ground
from drivers.modbus.holes import kept_key, pack_holes
from drivers.modbus.spans import Range
from drivers.note import Note, OnNote

NAMES_SHOWN_MAX: Final = 16


class UnitTeller:
    """Makes notes of what `presence.py` and `ground.py` find."""

    def __init__(self, connection_id: str, devices: Sequence[Device], clock: Clock, on_note: OnNote) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._on_note = on_note
        self._devices: dict[int, dict[str, None]] = {}
        for device in devices:
            for point in device.points:
                if isinstance(point.source, RegisterSource):
                    self._devices.setdefault(point.source.unit_id, {})[device.id] = None

    def tell(
        self,
        code: str,
        fields: Mapping[str, str | int | float],
        kept: Mapping[str, bytes | None] | None = None,
    ) -> None:
        """Tell of one unit, `unit_id` in `fields`, naming its devices."""
        devices = ", ".join(self._devices[int(fields["unit_id"])])
        note = Note(
            code, self._connection_id, self._clock.now_ns(), {**fields, "devices": devices}, kept or {}
        )
        self._on_note(note)

    def tell_learnt(self, ground: Ground) -> None:
        """Tell what a ground has learnt, and have its holes kept."""
        layout = ground.layout
        key = kept_key(self._connection_id, layout.unit_id, layout.table)
        kept = {key: pack_holes(ground.holes, layout)}
        for learnt in ground.take_learnt():
            fields: dict[str, str | int | float] = {
                "unit_id": layout.unit_id,
                "table": layout.table.value,
                "points": _listed(learnt.points),
                "registers": _listed([_shown(addresses) for addresses in learnt.registers]),
            }
            self.tell(learnt.code, fields, kept)


def _listed(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - NAMES_SHOWN_MAX})" if len(names) > NAMES_SHOWN_MAX else ""
    return ", ".join(names[:NAMES_SHOWN_MAX]) + more


def _shown(addresses: Range) -> str:
    """Return addresses as people write them, counted from 0: `7`, `12-13`."""
    first, last = addresses[0], addresses[1] - 1
    if first > last:
        return f"{last}|{first}"  # the boundary between two registers
    return str(first) if first == last else f"{first}-{last}"
