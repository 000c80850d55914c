"""Which processes there are, by the word that a plant file says, and what they are told about one device."""

import re
from collections.abc import Mapping
from typing import Any, Final

from config.model import Device, Point
from simulator.process import Parameters, Process
from simulator.process.casting_line import CASTING_LINE, PARTS
from simulator.process.casting_machine import CASTING_MACHINE
from simulator.process.cooling_water import COOLING_WATER
from simulator.process.dust_collector import DUST_COLLECTOR
from simulator.process.furnace_cooling import FURNACE_COOLING
from simulator.process.gas_holder import GAS_HOLDER
from simulator.process.gas_leak import GAS_LEAK
from simulator.process.gas_main import GAS_MAIN
from simulator.process.steady import AT, BY, STEADY
from simulator.process.tank import TANK
from simulator.process.tilting_furnace import TILTING_FURNACE
from simulator.process.valve import VALVE
from simulator.process.wet_collector import WET_COLLECTOR

PROCESSES: Final[Mapping[str, Process[Any]]] = {
    "gas-leak": GAS_LEAK,
    "cooling-water": COOLING_WATER,
    "dust-collector": DUST_COLLECTOR,
    "tilting-furnace": TILTING_FURNACE,
    "casting-machine": CASTING_MACHINE,
    "wet-collector": WET_COLLECTOR,
    "tank": TANK,
    "gas-holder": GAS_HOLDER,
    "gas-main": GAS_MAIN,
    "furnace-cooling": FURNACE_COOLING,
    "valve": VALVE,
    "steady": STEADY,
}

LINE: Final = "line"
"""The key by which devices say that they are instruments of one machine."""
LINE_PROCESS: Final = CASTING_LINE
LINE_PARTS: Final = frozenset(PARTS)

_CHANNEL: Final = re.compile(r"-\d+$")
_RANGE: Final = (0.0, 100.0)


def process_of(device: Device) -> str:
    """Return the word for what plays the device; empty: nothing does."""
    return str(device.simulate.get("process", ""))


def line_of(device: Device) -> str | None:
    """Return the line that the device is an instrument of, if it is of one."""
    line = device.simulate.get(LINE)
    return str(line) if line is not None and process_of(device) in LINE_PARTS else None


def parameters_of(device: Device) -> Parameters:
    """Return the process's numbers: those that are written, and `calm` for each point that it names."""
    numbers = {
        name: float(value)
        for name, value in device.simulate.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    calm = device.simulate.get("calm")
    if isinstance(calm, dict):
        for point in device.points:
            numbers |= _when_calm(point, calm)
    return numbers


def _when_calm(point: Point, calm: Mapping[str, Any]) -> Parameters:
    """Return where a point rests, and its σ; a channel's is written under the name without its number."""
    name = point.id.partition(".")[2]
    written = calm.get(name, calm.get(_CHANNEL.sub("", name)))
    if written is None:
        return {}
    at, by = written
    low, high = point.range or _RANGE
    width = high - low
    return {name + AT: _number(at, low, width), name + BY: _number(by, 0.0, width)}


def _number(written: Any, low: float, width: float) -> float:
    """Return a number of the point's unit; a text such as `50 %` is a share of its range."""
    if isinstance(written, str):
        return low + float(written.removesuffix("%")) / 100 * width
    return float(written)
