"""What a scenario can make go wrong: whom it befalls, and with which parameters.

Only words and numbers stand here. What a fault does is told where it is done: on
the wire in station.py, line.py and opcua.py, to the plant in process/, to the
platform in bureau/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Target(StrEnum):
    """What a fault befalls; the value is the key in the scenario file."""

    DEVICE = "device"
    CONNECTION = "connection"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a fault. In unit `s` any unit of time may be written; "" takes a bare number."""

    unit: str
    default: float | None = None  # None: whoever plays the fault knows better


@dataclass(frozen=True, slots=True)
class Kind:
    """One word for `do:`, and what it can befall.

    Where `processes` are given, only devices that play one of them; where `protocols` is
    given, only connections of these, and devices behind them.
    """

    target: frozenset[Target]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    processes: tuple[str, ...] = ()
    protocols: frozenset[str] | None = None


_DEVICE: Final = frozenset({Target.DEVICE})
_CONNECTION: Final = frozenset({Target.CONNECTION})
_PLATFORM: Final = frozenset({Target.PLATFORM})

_RTU: Final = frozenset({"modbus-rtu"})
_IDS: Final = frozenset({"modbus-tcp"})
_TCP: Final = frozenset({"modbus-tcp", "modbus-rtu-tcp", "modbus-dtu"})
_LINES: Final = frozenset({"modbus-rtu", "modbus-rtu-tcp", "modbus-dtu"})
_MODBUS: Final = frozenset({"modbus-tcp", "modbus-rtu", "modbus-rtu-tcp", "modbus-dtu"})

KINDS: Final[Mapping[str, Kind]] = {
    # On the wire. A connection that is late or silent has all its units so.
    "silent": Kind(_DEVICE),  # over OPC UA, silent, exception and sentinel become bad status codes
    "late": Kind(_DEVICE | _CONNECTION, {"delay": Parameter("s")}, protocols=_MODBUS),  # 1.5 time-outs
    "exception": Kind(_DEVICE, {"code": Parameter("", 6)}),  # 6: server device busy
    "sentinel": Kind(_DEVICE),  # every register says "no value"
    "wrong-order": Kind(_DEVICE, protocols=_MODBUS),  # the bytes of every value reversed
    "bad-crc": Kind(_DEVICE, protocols=_MODBUS),  # over TCP: an answer to nobody's question
    "freeze": Kind(_DEVICE),  # answers as ever, but its values stand still
    "drift": Kind(_DEVICE, {"rate": Parameter("%/h", 10)}),  # what it measures wanders off, in % of its range
    "over-scale": Kind(_DEVICE, {"to": Parameter("%", 110)}),  # what it measures stands beyond its range
    "line-cut": Kind(_CONNECTION),  # nothing gets through, and nothing says so
    "reboot": Kind(_CONNECTION),  # down for the span: the port is closed, the connections are reset
    "half-close": Kind(_CONNECTION, protocols=_TCP),  # says farewell, and goes on swallowing requests
    "constant-id": Kind(_CONNECTION, protocols=_IDS),  # every answer has transaction id 0
    "noise": Kind(_CONNECTION, protocols=_LINES),  # bytes around each answer, bits in some turned over
    "echo": Kind(_CONNECTION, protocols=_LINES),  # the adapter hands back what it is sent
    "repeat": Kind(_CONNECTION, protocols=_LINES),  # answers come twice, the second time a little later
    "second-master": Kind(_CONNECTION, protocols=_LINES),  # asks the same units, elsewhere, without regard
    "adapter-pulled": Kind(_CONNECTION, protocols=_RTU),  # the serial port goes, and comes back as another
    # What it says of itself: its values go on, and must not be taken for the plant's.
    "inhibit": Kind(_DEVICE),
    "calibrate": Kind(_DEVICE),
    "stop-heartbeat": Kind(_DEVICE),
    "change-setting": Kind(_DEVICE, {"by": Parameter("", 1)}),  # limits and the like, at the keypad
    # In the plant.
    "leak": Kind(
        _DEVICE,
        {
            "to": Parameter("ppm", 320),
            "hydrogen": Parameter("ppm", 0),
            "tau": Parameter("s", 90),
            "decay": Parameter("s", 300),
        },
        ("gas-leak",),
    ),
    "pump-trip": Kind(_DEVICE, {"to": Parameter("%", 20), "tau": Parameter("s", 4)}, ("cooling-water",)),
    "valve-stuck": Kind(_DEVICE, {}, ("cooling-water",)),  # the interlock's cut-off valve does not move
    "burn-through": Kind(
        _DEVICE, {"lost": Parameter("%", 15), "tau": Parameter("s", 10)}, ("furnace-cooling",)
    ),
    "smoulder": Kind(
        _DEVICE, {"rate": Parameter("°C/min", 1.5), "decay": Parameter("s", 600)}, ("dust-collector",)
    ),
    "broken-bag": Kind(_DEVICE, {}, ("dust-collector",)),
    "clogged-tube": Kind(_DEVICE, {}, ("dust-collector",)),
    "fan-off": Kind(_DEVICE, {}, ("dust-collector",)),
    "no-top-up": Kind(_DEVICE, {"leak": Parameter("mm/min", 40)}, ("wet-collector",)),
    "sensor-outside": Kind(_DEVICE, {}, ("wet-collector",)),  # shows where it hangs, whatever the water does
    "off": Kind(_DEVICE, {}, ("wet-collector", "cooling-water")),
    "idle": Kind(_DEVICE, {}, ("casting-machine", "tilting-furnace")),  # begins no cast, no pour
    "pour": Kind(_DEVICE, {"rate": Parameter("°/min", 0.5)}, ("tilting-furnace",)),
    "pressure-loss": Kind(_DEVICE, {"to": Parameter("MPa", 3)}, ("tilting-furnace",)),
    "cast": Kind(_DEVICE, {}, ("casting-machine",)),
    "surge": Kind(_DEVICE, {"to": Parameter("mm", 230), "tau": Parameter("s", 5)}, ("casting-machine",)),
    "level-loss": Kind(_DEVICE, {"to": Parameter("mm", 60), "tau": Parameter("s", 12)}, ("casting-machine",)),
    "dross": Kind(_DEVICE, {"height": Parameter("mm", 60)}, ("casting-machine",)),
    "stuck-ingot": Kind(_DEVICE, {"to": Parameter("%", 60), "tau": Parameter("s", 3)}, ("casting-machine",)),
    "drift-off": Kind(_DEVICE, {"to": Parameter("%", 95), "tau": Parameter("s", 600)}, ("gas-holder",)),
    "supply-loss": Kind(_DEVICE, {"to": Parameter("%", 10), "tau": Parameter("s", 20)}, ("gas-main",)),
    "drawn": Kind(_DEVICE, {}, ("tank",)),  # the emergency water runs
    "act": Kind(_DEVICE, {}, ("valve",)),  # the valve is told to act
    "stuck": Kind(_DEVICE, {}, ("valve",)),  # and does not move
    # At the platform.
    "outage": Kind(_PLATFORM),  # nobody listens
    "black-hole": Kind(_PLATFORM),  # bytes are swallowed with the sockets open
    "lie": Kind(_PLATFORM),  # says yes and throws away, answers nonsense, or takes and does not answer
}
