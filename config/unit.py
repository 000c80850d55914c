"""The units that limits may be written in, and how one is converted into another.

Only units of one dimension convert. A gas concentration by mass (mg/m3) and by
volume (ppm) are different dimensions: they convert only for a gas whose molar
mass is known, at a stated reference temperature, because 24 ppm CO are 30.0 mg/m3
at 0 °C but 27.5 mg/m3 at 25 °C. A share of the lower explosive limit (%LEL) converts
to either for a gas whose limit is known.
"""

import difflib
from dataclasses import dataclass
from typing import Final

from config.fault import Objection

MOLAR_VOLUME_0C: Final = 22.414  # L/mol, ideal gas at 0 °C and 101.325 kPa
ZERO_CELSIUS_K: Final = 273.15
MOLAR_MASS: Final = {
    "CO": 28.010,
    "H2S": 34.081,
    "Cl2": 70.906,
    "NH3": 17.031,
    "H2": 2.016,
    "CH4": 16.043,
    "C3H8": 44.097,
}  # g/mol
LEL: Final = {"H2": 4.0, "CH4": 5.0, "C3H8": 2.1, "CO": 12.5, "H2S": 4.0, "NH3": 15.0}
"""Lower explosive limits in air, %VOL: handbook values, which differ by some tenths between tables [E]."""


_SHARE: Final = "share of the lower explosive limit"


@dataclass(frozen=True, slots=True)
class Unit:
    """value in the dimension's base unit = value × factor + offset."""

    dimension: str
    factor: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Gas:
    """What a concentration is of, and the temperature that its mg/m3 refer to."""

    substance: str
    reference_temperature_c: float

    @property
    def mg_per_m3_of_1_ppm(self) -> float:
        """How many mg/m3 one ppm is, at the reference temperature."""
        volume = MOLAR_VOLUME_0C * (self.reference_temperature_c + ZERO_CELSIUS_K) / ZERO_CELSIUS_K
        return MOLAR_MASS[self.substance] / volume

    def ppm_in(self, dimension: str) -> float:
        """How many ppm the base unit of a concentration's dimension is: 1 ppm, 1 mg/m3, 1 %LEL."""
        if dimension == _SHARE:
            return LEL[self.substance] * 100  # a hundredth of so many %VOL, each 10,000 ppm
        return 1 / self.mg_per_m3_of_1_ppm if dimension == "mass concentration" else 1.0


UNITS: Final = {
    "Pa": Unit("pressure", 1.0),
    "kPa": Unit("pressure", 1e3),
    "MPa": Unit("pressure", 1e6),
    "mbar": Unit("pressure", 1e2),
    "bar": Unit("pressure", 1e5),
    "kgf/cm2": Unit("pressure", 98066.5),
    "mmH2O": Unit("pressure", 9.80665),
    "°C": Unit("temperature", 1.0, ZERO_CELSIUS_K),
    "K": Unit("temperature", 1.0),
    "m3/h": Unit("flow", 1 / 3600),
    "m3/min": Unit("flow", 1 / 60),
    "m3/s": Unit("flow", 1.0),
    "L/h": Unit("flow", 1e-3 / 3600),
    "L/min": Unit("flow", 1e-3 / 60),
    "L/s": Unit("flow", 1e-3),
    "Nm3/h": Unit("flow at normal conditions", 1.0),
    "Nm3/min": Unit("flow at normal conditions", 60.0),
    "kg/h": Unit("mass flow", 1 / 3600),
    "kg/s": Unit("mass flow", 1.0),
    "t/h": Unit("mass flow", 1e3 / 3600),
    "µm": Unit("length", 1e-6),
    "mm": Unit("length", 1e-3),
    "cm": Unit("length", 1e-2),
    "m": Unit("length", 1.0),
    "mm/s": Unit("speed", 1e-3),
    "mm/min": Unit("speed", 1e-3 / 60),
    "m/min": Unit("speed", 1 / 60),
    "m/s": Unit("speed", 1.0),
    "ms": Unit("time", 1e-3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "°": Unit("angle", 1.0),
    "ppb": Unit("volume fraction", 1e-3),
    "ppm": Unit("volume fraction", 1.0),
    "%VOL": Unit("volume fraction", 1e4),
    "µg/m3": Unit("mass concentration", 1e-3),
    "mg/m3": Unit("mass concentration", 1.0),
    "g/m3": Unit("mass concentration", 1e3),
    "%LEL": Unit(_SHARE, 1.0),
    "%": Unit("share", 1.0),
    "%RH": Unit("relative humidity", 1.0),
    "N": Unit("force", 1.0),
    "kN": Unit("force", 1e3),
    "kg": Unit("mass", 1.0),
    "t": Unit("mass", 1e3),
    "mA": Unit("current", 1e-3),
    "A": Unit("current", 1.0),
    "mV": Unit("voltage", 1e-3),
    "V": Unit("voltage", 1.0),
    "kV": Unit("voltage", 1e3),
    "kW": Unit("power", 1.0),
    "MW": Unit("power", 1e3),
    "kWh": Unit("energy", 1.0),
    "Hz": Unit("frequency", 1.0),
    "r/min": Unit("rotation", 1.0),
    "mm3": Unit("volume", 1e-9),
    "L": Unit("volume", 1e-3),
    "m3": Unit("volume", 1.0),
}
"""Every unit by its name; the base of each dimension has the factor 1."""

_CONCENTRATIONS: Final = {"volume fraction", "mass concentration", _SHARE}

_LIKENESS_MIN: Final = 0.75
"""mg/m^3 is meant for mg/m3; m3/day is a unit of its own, and not m3/h."""
_SPELLINGS: Final = str.maketrans({"³": "3", "²": "2", "％": "%", "㎜": "mm", "℃": "°C", "º": "°", "μ": "µ"})


def canonical(unit: str) -> str:
    """Return the name under which `UNITS` holds a unit: `m³/h` is `m3/h`, `℃` is `°C`."""
    name = unit.translate(_SPELLINGS)
    return {"degC": "°C", "deg": "°", "Nm3/h": "Nm3/h", "%vol": "%VOL", "%lel": "%LEL"}.get(name, name)


def convert(number: float, unit: str, into: str, gas: Gas | None = None) -> float:
    """Return `number`, written in `unit`, in the unit `into`.

    Raises Objection: `unit-unknown`, `unit-other-dimension`, or `gas-not-stated` where
    ppm and mg/m3 meet and the point does not say which gas at which temperature.
    """
    unit, into = canonical(unit), canonical(into)
    if unit == into:
        return number
    a, b = _known(unit), _known(into)
    if a.dimension == b.dimension:
        return _tidy((number * a.factor + a.offset - b.offset) / b.factor)
    if not {a.dimension, b.dimension} <= _CONCENTRATIONS:
        raise Objection("unit-other-dimension", unit=unit, into=into)
    if gas is None:
        raise Objection("gas-not-stated", unit=unit, into=into)
    if _SHARE in (a.dimension, b.dimension) and gas.substance not in LEL:
        raise Objection("gas-not-explosive", unit=unit, into=into, gas=gas.substance, known=tuple(LEL))
    return _tidy(number * a.factor * gas.ppm_in(a.dimension) / gas.ppm_in(b.dimension) / b.factor)


def convert_difference(number: float, unit: str, into: str, gas: Gas | None = None) -> float:
    """Return a difference (a deadband) in the unit `into`: 5 K are 5 °C."""
    return _tidy(convert(number, unit, into, gas) - convert(0.0, unit, into, gas))


def compatible(unit: str) -> tuple[str, ...]:
    """Return the units that convert to `unit` without knowing more; only itself if it is unknown."""
    known = UNITS.get(canonical(unit))
    if known is None:
        return (unit,)
    return tuple(name for name, other in UNITS.items() if other.dimension == known.dimension)


def nearest_unit(unit: str) -> str | None:
    """Return the known unit that was probably meant; None where none is like it."""
    folded = {name.lower(): name for name in UNITS}
    found = difflib.get_close_matches(canonical(unit).lower(), folded, n=1, cutoff=_LIKENESS_MIN)
    return folded[found[0]] if found else None


def _known(unit: str) -> Unit:
    try:
        return UNITS[unit]
    except KeyError:
        raise Objection("unit-unknown", unit=unit) from None


def _tidy(number: float) -> float:
    # 12 significant digits: far below any instrument's resolution, and 4500 kPa reads 4.5 MPa again.
    return float(f"{number:.12g}")


def is_concentration(unit: str) -> bool:
    """Return whether a unit is one in which gas in the air is measured."""
    found = UNITS.get(unit)
    return found is not None and found.dimension in _CONCENTRATIONS
