"""How contractors write numbers, ranges, units and scales in a cell, and what they mean by it.

Every function takes a cell's text in plain characters and raises Objection with
the code of its sentence (config/words_table.py) where it cannot mean one thing.
"""

import re
from typing import Final

from config.fault import Objection
from config.quantity import SECONDS_PER
from config.unit import UNITS, canonical
from config.validation import choice_fields

EMPTY: Final = frozenset(
    {"", "-", "--", "---", "/", "\\", "//", "无", "n/a", "na", "none", "null", "nil", "~", "~~"}
)
"""What people write where there is nothing to write."""

_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?"
_GROUPED: Final = re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$")
_DECIMAL_COMMA: Final = re.compile(r"^[+-]?\d+,\d+$")
_WRITTEN: Final = r"[+-]?(?:\d[\d.,]*|\.\d+)(?:e[+-]?\d+)?"
_TO: Final = r"(?:~+|to|至|到|;|:|\.{2,}|…+|-|/)"
_UNIT: Final = r"[^\d~,;:…+-]*"
_RANGE: Final = re.compile(rf"^[\[(]?({_WRITTEN})({_UNIT}){_TO}({_WRITTEN})[\])]?(.*)$", re.IGNORECASE)
_PAIR: Final = re.compile(rf"^[\[(]?({_NUMBER}),({_NUMBER})[\])]?(.*)$", re.IGNORECASE)
_PLUS_MINUS: Final = re.compile(rf"^±({_NUMBER})(.*)$", re.IGNORECASE)
_WITH_UNIT: Final = re.compile(rf"^(?:[<>≤≥=]|大于|小于|高于|低于)*({_WRITTEN})(.*)$", re.IGNORECASE)
_FRACTION: Final = re.compile(rf"^(?:({_NUMBER})/|/|÷)({_NUMBER})$", re.IGNORECASE)


def number(text: str) -> float:
    """Return a number; thousands may have commas, decimals a comma."""
    tidy = text.replace(" ", "")
    if _GROUPED.match(tidy):
        tidy = tidy.replace(",", "")
    elif _DECIMAL_COMMA.match(tidy):
        tidy = tidy.replace(",", ".")
    if re.fullmatch(_NUMBER, tidy, re.IGNORECASE) is None:
        raise Objection("table-not-a-number")
    value = float(tidy)
    if abs(value) > 1e30:
        raise Objection("table-not-a-number")
    return value


def whole_number(text: str) -> int:
    """Return a whole number, `7` or `7.0`."""
    value = number(text)
    if value != int(value):
        raise Objection("table-not-a-whole-number")
    return int(value)


def unit(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Return an engineering unit by the name under which limits know it; those in `kept` as they are."""
    if text in kept:
        return text
    name = canonical(text.replace(" ", ""))
    found = name if name in UNITS else _UNIT_ALIASES.get(name.lower()) or _whatever_case(name)
    if found is None:
        suffix, fields = choice_fields(name, UNITS)
        raise Objection("table-unit-unknown" + suffix, **fields)
    return found


def _whatever_case(name: str) -> str | None:
    """Return the only unit that is spelt so but for small and capital letters."""
    alike = [known for known in UNITS if known.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


_UNIT_ALIASES: Final = {
    "摄氏度": "°C",
    "摄氏": "°C",
    "度": "°",
    "c": "°C",
    "oc": "°C",
    "癈": "°C",  # ℃ of another code page, read as GBK
    "兆帕": "MPa",
    "千帕": "kPa",
    "帕": "Pa",
    "巴": "bar",
    "毫米": "mm",
    "米": "m",
    "秒": "s",
    "分": "min",
    "分钟": "min",
    "小时": "h",
    "百分比": "%",
    "毫克/立方米": "mg/m3",
    "立方米/小时": "m3/h",
    "立方/小时": "m3/h",
    "vol%": "%VOL",
    "v/v%": "%VOL",
    "lel%": "%LEL",
    "rpm": "r/min",
    "转/分": "r/min",
    "kgf/cm²": "kgf/cm2",
    "安": "A",
    "伏": "V",
    "千瓦": "kW",
    "牛": "N",
    "千牛": "kN",
    "升": "L",
    "mmh2o": "mmH2O",
}


def measuring_range(text: str) -> tuple[float, float, str]:
    """Return low end, high end and the unit written behind them ("" for none)."""
    compact = text.replace(" ", "")
    if match := _PLUS_MINUS.match(compact):
        end = number(match[1])
        low, high, rest = -end, end, match[2]
    elif match := _RANGE.match(compact):
        low, high, rest = number(match[1]), number(match[3]), match[4] or match[2]
    elif match := _PAIR.match(compact):
        low, high, rest = number(match[1]), number(match[2]), match[3]
    else:
        raise Objection("table-range-unreadable")
    return (*ascending(low, high), rest.strip("()"))


def ascending(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range. Raises Objection unless low is below high."""
    if low >= high:
        raise Objection("table-range-impossible", low=low, high=high)
    return low, high


def amount(text: str) -> tuple[float, str]:
    """Return a limit's number and the unit written behind it ("" for none): `24`, `≥24ppm`."""
    match = _WITH_UNIT.match(text.replace(" ", ""))
    if match is None:
        raise Objection("table-not-a-number")
    return number(match[1]), match[2]


def scale(text: str) -> float:
    """Return the factor from raw number to value: `0.1`, `×0.1`, `1/10`, `÷10`."""
    compact = text.replace(" ", "").lstrip("×x*X")
    if match := _FRACTION.match(compact):
        divisor = float(match[2])
        if divisor == 0:
            raise Objection("table-scale-zero")
        return _tidy(float(match[1] or 1) / divisor)
    factor = number(compact)
    if factor == 0:
        raise Objection("table-scale-zero")
    return factor


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")


def seconds(text: str, qualifier: str) -> float:
    """Return a period; a bare number takes its unit from the column's name, `周期(ms)`."""
    match = _WITH_UNIT.match(text.replace(" ", ""))
    unit_ = (match[2] or qualifier) if match else ""
    name = {"秒": "s", "毫秒": "ms", "分": "min", "分钟": "min", "小时": "h", "sec": "s"}.get(unit_, unit_)
    if match is None or name not in SECONDS_PER or number(match[1]) <= 0:
        raise Objection("table-period")
    return _tidy(number(match[1]) * SECONDS_PER[name])
