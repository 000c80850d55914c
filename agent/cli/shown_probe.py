"""What a probe has found, for a terminal and for a program."""

from collections.abc import Sequence
from typing import Final

from agent.cli.identify import words_of
from agent.cli.table import render
from agent.cli.target import both
from agent.commissioning import words_probe
from agent.commissioning.address import modicon
from agent.commissioning.register_scan import Registers
from agent.commissioning.survey import Row, Survey
from agent.commissioning.survey_wholes import NAMES, Number
from agent.commissioning.unit_scan import FoundUnit, Units
from config.source import ByteOrder
from drivers.messages import describe

_BITS_PER_LINE: Final = 16
_SHOWN_OBJECTS: Final = (0, 1, 2, 4, 5)
_MARK: Final = "*"


def unit_lines(units: Units) -> str:
    """Return the units as a table."""
    rows = [(str(unit.unit_id), _answer(unit), _identity(unit)) for unit in _in_order(units)]
    return render(("站号 / unit", "应答 / answer", "设备识别 / identification"), rows, right="r")


def _in_order(units: Units) -> list[FoundUnit]:
    return [units.found[unit_id] for unit_id in sorted(units.found)]


def _answer(unit: FoundUnit) -> str:
    return "数值 / a value" if unit.exception is None else f"异常码 / exception {unit.exception}"


def _identity(unit: FoundUnit) -> str:
    if unit.identification is None:
        return "–"
    objects = unit.identification.objects
    return " ".join(words_of(objects[number]) for number in _SHOWN_OBJECTS if objects.get(number))


def units_json(units: Units) -> list[dict[str, object]]:
    """Return the units for a program."""
    return [
        {
            "unit": unit.unit_id,
            "exception": unit.exception,
            "identification": unit.identification
            and {number: words_of(text) for number, text in unit.identification.objects.items()},
        }
        for unit in _in_order(units)
    ]


def survey_lines(registers: Registers, survey: Survey) -> list[str]:
    """Return the readings of a range of registers."""
    lines = []
    if survey.guess is not None:
        guess = survey.guess
        words = words_probe.float_guess(guess.order.value, guess.parity, guess.likely, guess.pairs)
        lines.append(both(words))
    for text in survey.texts:
        last = text.first + text.registers - 1
        lines.append(both(words_probe.text_found(text.first, last, text.text, text.reversed)))
    lines += [both(words_probe.double_found(d.first, d.order.value, d.value)) for d in survey.doubles]
    headings = ["地址 / address", "hex", "uint16", "int16", "÷10"]
    headings += [f"float {order.value}" for order in ByteOrder]
    # Twelve columns of which most are empty would push the others off the screen.
    wholes = [name for name in NAMES if any(name in row.wholes.named for row in survey.rows)]
    rows = [_row(registers, row, wholes) for row in survey.rows]
    right = "llrrr" + "r" * (len(ByteOrder) + len(wholes))
    lines.append(render([*headings, *wholes, "其他 / other"], rows, right=right))
    return [*lines, *_rest(registers), both(words_probe.legend())]


def _row(registers: Registers, row: Row, wholes: Sequence[str]) -> tuple[str, ...]:
    return (
        f"{row.address} ({modicon(registers.table, row.address)})",
        f"{row.word:04X}",
        _shown(row.unsigned),
        _shown(row.signed) if row.word & 0x8000 else "",
        _shown(row.tenth),
        *(_shown(row.floats[order]) for order in ByteOrder),
        *(_shown(row.wholes.named.get(name)) for name in wholes),
        ", ".join(row.notes),
    )


def _shown(number: Number | None) -> str:
    if number is None:
        return ""
    return f"{_MARK}{number.text}" if number.is_likely else number.text


def bit_lines(registers: Registers) -> list[str]:
    """Return a range of bits, sixteen to a line."""
    addresses = sorted(registers.words)
    rows = []
    for first in sorted({address - address % _BITS_PER_LINE for address in addresses}):
        bits = (registers.words.get(first + n) for n in range(_BITS_PER_LINE))
        shown = " ".join("·" if bit is None else str(bit) for bit in bits)
        rows.append((f"{first} ({modicon(registers.table, first)})", shown))
    heading = " ".join(f"{n:X}" for n in range(_BITS_PER_LINE))
    return [render(("地址 / address", heading), rows), *_rest(registers)]


def _rest(registers: Registers) -> list[str]:
    lines = []
    if registers.missing:
        lines.append(both(words_probe.missing(registers.missing)))
    if registers.fault is not None:
        lines.append(f"! {both(describe(registers.fault, is_retried=False))}")
    return lines


def registers_json(registers: Registers, survey: Survey | None) -> dict[str, object]:
    """Return a range of registers for a program."""
    answer: dict[str, object] = {
        "table": registers.table.value,
        "registers": {str(address): registers.words[address] for address in sorted(registers.words)},
        "missing": registers.missing,
        "fault": registers.fault and describe(registers.fault, is_retried=False).en,
    }
    if survey is None:
        return answer
    guess = survey.guess
    return {
        **answer,
        "floats": guess and {"order": guess.order.value, "first": ("even", "odd")[guess.parity]},
        "texts": [
            {"first": t.first, "registers": t.registers, "text": t.text, "reversed": t.reversed}
            for t in survey.texts
        ],
        "doubles": [{"first": d.first, "order": d.order.value, "value": d.value} for d in survey.doubles],
        "readings": [_row_json(row) for row in survey.rows],
    }


def _row_json(row: Row) -> dict[str, object]:
    numbers: Sequence[tuple[str, Number | None]] = (
        ("uint16", row.unsigned),
        ("int16", row.signed),
        ("tenth", row.tenth),
        *((f"float32 {order.value}", row.floats[order]) for order in ByteOrder),
        *row.wholes.named.items(),
    )
    known = {name: number for name, number in numbers if number is not None}
    return {
        "address": row.address,
        "word": row.word,
        "readings": {name: float(number.text) for name, number in known.items()},
        "likely": [name for name, number in known.items() if number.is_likely],
        "notes": list(row.notes),
    }
