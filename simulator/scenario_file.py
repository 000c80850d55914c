"""Reads a scenario file; every fault in it is told at once, with its line and column."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.document import read_document
from config.fault import Fault, Findings, Place
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.model import Plant
from config.opcua_link import OpcUa
from config.position import Document, Loc
from config.quantity import parse_seconds, split_quantity
from simulator.faults import KINDS, Kind, Parameter, Target
from simulator.messages import sentence
from simulator.processes import PROCESSES, process_of
from simulator.scenario import Event, Scenario
from simulator.selfreport import can_say

_PROTOCOLS: Final = {
    ModbusTcp: "modbus-tcp",
    ModbusRtu: "modbus-rtu",
    ModbusRtuTcp: "modbus-rtu-tcp",
    ModbusDtu: "modbus-dtu",
    OpcUa: "opcua",
}
_PROCESS: Final = "process"  # in place of a device: the first that plays it
_EVERY: Final = "every"  # all that play it, be it none
_TARGET_KEYS: Final = (*Target, _PROCESS, _EVERY)
_EVENT_KEYS: Final = ("at", "until", *_TARGET_KEYS, "do")


@dataclass(frozen=True, slots=True)
class ScenarioFault:
    """What is wrong at one place of a scenario; `code` names the sentence in messages.py."""

    place: Place
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: str = "both") -> str:
        """Return place and sentence, for a terminal."""
        return f"{self.place}: {sentence(self.code, self.fields, language)}"


class InvalidScenario(Exception):
    """The scenario cannot be played; `faults` says why, in the order of the file."""

    def __init__(self, faults: Collection[Fault | ScenarioFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.place))
        super().__init__("\n".join(fault.render() for fault in self.faults))


def load_scenario(path: Path, plant: Plant | None = None) -> Scenario:
    """Read a scenario; with a plant, its devices, connections and uplinks must exist there.

    Raises InvalidScenario.
    """
    findings = Findings()
    document = read_document(path, findings)
    if document is None or findings.faults:
        raise InvalidScenario(findings.faults)
    reader = _Reader(document, plant)
    scenario = reader.scenario()
    if reader.faults:
        raise InvalidScenario(reader.faults)
    return scenario


class _Reader:
    """Walks the document's plain data and collects what is wrong with it."""

    def __init__(self, document: Document, plant: Plant | None) -> None:
        self._document = document
        self._plant = plant
        self._duration_s = 0.0
        self.faults: list[ScenarioFault] = []

    def scenario(self) -> Scenario:
        root = self._mapping(self._document.data, ())
        self._check_keys(root, (), ("duration", "events"))
        if self._has(root, "duration", ()):
            self._duration_s = self._duration(root, ("duration",))
        items = root.get("events") or []
        if not isinstance(items, list):
            self._fault(("events",), "not-a-list")
            items = []
        events = [event for n, item in enumerate(items) for event in self._events(item, ("events", n))]
        return Scenario(self._duration_s, tuple(events))

    def _events(self, item: object, loc: Loc) -> Iterator[Event]:
        before = len(self.faults)
        data = self._mapping(item, loc)
        at, until = (self._fraction(data, key, loc) for key in ("at", "until"))
        if len(self.faults) == before and until <= at:
            self._fault((*loc, "until"), "span", at=at, until=until)
        target, ids = self._target(data, loc)
        do = str(data["do"]) if self._has(data, "do", loc) else ""
        if target is not None and _EVERY in data and not self._can_befall(do, str(data[_EVERY]), loc):
            return
        kind = self._kind_of_all(do, target, ids, loc) if do else None
        if kind is None or target is None:
            return
        parameters = self._parameters(data, kind, loc)
        if len(self.faults) == before:
            yield from (Event(at, until, target, target_id, do, parameters) for target_id in ids)

    def _target(self, data: Mapping[str, object], loc: Loc) -> tuple[Target | None, Sequence[str]]:
        named = [key for key in _TARGET_KEYS if key in data]
        if len(named) != 1:
            self._fault(loc, "one-target")
            return None, ("",)
        if named[0] in (_PROCESS, _EVERY):
            return self._playing(str(data[named[0]]), named[0], (*loc, named[0]))
        target, target_id = Target(named[0]), str(data[named[0]])
        known = self._known(target)
        if known is not None and target_id not in known:
            self._fault(
                (*loc, target), "unknown-target", kind=target.value, id=target_id, known=", ".join(known)
            )
        return target, (target_id,)

    def _playing(self, process: str, key: str, loc: Loc) -> tuple[Target | None, Sequence[str]]:
        """Return the first device that plays `process`, or all; without a plant, its name stands for one."""
        if process not in PROCESSES:
            self._fault(loc, "unknown-process", process=process, known=", ".join(sorted(PROCESSES)))
            return None, ("",)
        if self._plant is None:
            return Target.DEVICE, (process,)
        playing = [device.id for device in self._plant.devices.values() if process_of(device) == process]
        if key == _EVERY:
            return Target.DEVICE, playing
        if not playing:
            known = ", ".join(sorted({process_of(each) for each in self._plant.devices.values()} - {""}))
            self._fault(loc, "nobody-plays", process=process, known=known)
            return None, ("",)
        return Target.DEVICE, playing[:1]

    def _known(self, target: Target) -> Collection[str] | None:
        if self._plant is None:
            return None
        return {
            Target.DEVICE: self._plant.devices,
            Target.CONNECTION: self._plant.connections,
            Target.PLATFORM: self._plant.uplinks,
        }[target].keys()

    def _kind_of_all(self, do: str, target: Target | None, ids: Sequence[str], loc: Loc) -> Kind | None:
        kinds = [self._kind(do, target, target_id, loc) for target_id in ids or ("",)]
        return kinds[0]

    def _can_befall(self, do: str, process: str, loc: Loc) -> bool:
        """Return whether devices that play `process` can have a fault, though there may be none of them."""
        kind = KINDS.get(do)
        if kind is None or not kind.processes or process in kind.processes:
            return True
        known = ", ".join(kind.processes)
        self._fault((*loc, "do"), "wrong-process-of", do=do, process=known, actual=process)
        return False

    def _kind(self, do: str, target: Target | None, target_id: str, loc: Loc) -> Kind | None:
        kind = KINDS.get(do)
        if kind is None:
            known = [name for name, kind in KINDS.items() if target is None or target in kind.target]
            self._fault((*loc, "do"), "unknown-fault", do=do, known=", ".join(known))
        elif target is not None and target not in kind.target:
            self._fault((*loc, "do"), "wrong-target", do=do, kind=target.value)
        elif self._plant is not None:
            self._check_process(self._plant, do, kind, target_id, loc)
            self._check_protocol(self._plant, do, kind, target_id, loc)
            if (device := self._plant.devices.get(target_id)) is not None and not can_say(device, do):
                self._fault((*loc, "do"), "cannot-say", do=do, id=target_id)
        return kind

    def _check_process(self, plant: Plant, do: str, kind: Kind, target_id: str, loc: Loc) -> None:
        device = plant.devices.get(target_id)
        if not kind.processes or device is None:
            return
        actual = process_of(device)
        if actual not in kind.processes:
            loc, known = (*loc, "do"), ", ".join(kind.processes)
            self._fault(loc, "wrong-process", do=do, process=known, id=target_id, actual=actual or "–")

    def _check_protocol(self, plant: Plant, do: str, kind: Kind, target_id: str, loc: Loc) -> None:
        device = plant.devices.get(target_id)
        connection = plant.connections.get(device.connection_id if device else target_id)
        if kind.protocols is None or connection is None:
            return
        actual = _PROTOCOLS[type(connection)]
        if actual not in kind.protocols:
            known = ", ".join(sorted(kind.protocols))
            loc = (*loc, "do")
            self._fault(loc, "wrong-protocol", do=do, protocols=known, id=target_id, actual=actual)

    def _parameters(self, data: Mapping[str, object], kind: Kind, loc: Loc) -> Mapping[str, float]:
        self._check_keys(data, loc, (*_EVENT_KEYS, *kind.parameters))
        values: dict[str, float] = {}
        for name, parameter in kind.parameters.items():
            if name in data:
                values[name] = self._number(data[name], parameter, (*loc, name))
            elif parameter.default is not None:
                values[name] = parameter.default
        return values

    def _number(self, value: object, parameter: Parameter, loc: Loc) -> float:
        if parameter.unit == "s":
            return self._seconds(value, loc)
        if parameter.unit == "" and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        try:
            number, unit = split_quantity(str(value))
        except ValueError:
            number, unit = 0.0, "?"
        if unit != parameter.unit or parameter.unit == "":
            code = "quantity" if parameter.unit else "number"
            self._fault(loc, code, value=value, unit=parameter.unit)
        return number

    def _duration(self, data: Mapping[str, object], loc: Loc) -> float:
        seconds = self._seconds(data["duration"], loc)
        if seconds <= 0:
            self._fault(loc, "duration", value=data["duration"])
        return seconds

    def _seconds(self, value: object, loc: Loc) -> float:
        try:
            return parse_seconds(value)
        except ValueError:
            self._fault(loc, "duration", value=value)
            return 1.0

    def _fraction(self, data: Mapping[str, object], key: str, loc: Loc) -> float:
        if not self._has(data, key, loc):
            return 0.0
        value = data[key]
        if isinstance(value, str) and self._duration_s > 0:
            fraction = self._seconds(value, (*loc, key)) / self._duration_s
        else:
            fraction = (
                float(value) if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
            )
        if not 0 <= fraction <= 1:
            self._fault((*loc, key), "fraction", value=value)
        return fraction

    def _mapping(self, value: object, loc: Loc) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._fault(loc, "not-a-map")
        return {}

    def _has(self, data: Mapping[str, object], key: str, loc: Loc) -> bool:
        if key not in data:
            self._fault(loc, "missing-key", key=key)
        return key in data

    def _check_keys(self, data: Mapping[str, object], loc: Loc, known: Collection[str]) -> None:
        for key in data:
            if key not in known:
                _, place = self._document.find((*loc, key), at_key=True)
                fault = ScenarioFault(place, "unknown-key", {"key": key, "known": ", ".join(known)})
                self.faults.append(fault)

    def _fault(self, loc: Loc, code: str, **fields: object) -> None:
        _, place = self._document.find(loc)
        self.faults.append(ScenarioFault(place, code, fields))
