"""What a part of an expression is measured in, and how two parts meet.

A literal takes the unit of what it meets; in a sum, and against a difference, it is a
difference itself: 5 K more are 5 °C more.
"""

from dataclasses import dataclass, replace
from typing import Final

from config.expression import Change, Compared, Computed, Logical, Mean, Number, Numeric, Order, Sum, Value
from config.expression_words import ExpressionFault, Word
from config.fault import Objection
from config.unit import Gas, compatible, convert, convert_difference

_BARE: Final = (None, "")


@dataclass(frozen=True, slots=True)
class Typed:
    """A number: `unit` is None where units were multiplied; then only bare numbers meet it."""

    node: Numeric
    unit: str | None
    offset: int
    gas: Gas | None = None
    is_difference: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether it is a number as written."""
        return isinstance(self.node, Number)


def compare(left: Typed, sign: Word, right: Typed) -> Logical:
    """Return the comparison of two numbers. Raises ExpressionFault."""
    left, right = _meet(left, right, difference=left.is_difference or right.is_difference)
    operator: Order = sign.text  # type: ignore[assignment]  # the parser asked for one of these
    return Compared(operator, left.node, right.node)


def compute(left: Typed, sign: Word, right: Typed) -> Typed:
    """Return the sum, product and so on of two numbers. Raises ExpressionFault."""
    operator: Sum = sign.text  # type: ignore[assignment]  # as above
    if operator in ("*", "/"):
        return Typed(Computed(operator, left.node, right.node), _product(left, operator, right), left.offset)
    is_difference = operator == "-" and not (left.is_literal or right.is_literal or right.is_difference)
    left, right = _meet(left, right, difference=True)
    node = Computed(operator, left.node, right.node)
    kept = is_difference or (left.is_difference and (right.is_difference or right.is_literal))
    return replace(left, node=node, gas=left.gas or right.gas, is_difference=kept)


def mean(of: Typed, window_s: float) -> Typed:
    """Return the mean of a number over a time."""
    return replace(of, node=Mean(of.node, window_s))


def change(of: Typed, window_s: float) -> Typed:
    """Return by how much a number has changed over a time."""
    return replace(of, node=Change(of.node, window_s), is_difference=True)


def truth_of(state: Typed) -> Logical:
    """Return that a state is not 0."""
    assert isinstance(state.node, Value)  # the parser asked for a state
    return Compared("!=", state.node, Number(0.0))


def _product(left: Typed, operator: Sum, right: Typed) -> str | None:
    if right.unit == "":
        return left.unit
    if left.unit == "" and operator == "*":
        return right.unit
    return "" if operator == "/" and left.unit == right.unit else None


def _meet(left: Typed, right: Typed, *, difference: bool) -> tuple[Typed, Typed]:
    if left.is_literal and not right.is_literal:
        return _fitted(left, right, difference=difference), right
    if right.is_literal and not left.is_literal:
        return left, _fitted(right, left, difference=difference)
    if left.unit != right.unit:
        shown = {"unit": left.unit or "–", "other": right.unit or "–"}
        raise ExpressionFault("expression-units", right.offset, **shown)
    return left, right


def _fitted(literal: Typed, to: Typed, *, difference: bool) -> Typed:
    assert isinstance(literal.node, Number)
    number, unit = literal.node.value, literal.unit or ""
    if not unit and to.unit in _BARE:
        return replace(literal, unit=to.unit)
    if not unit:
        raise ExpressionFault("unit-missing", literal.offset, value=number, into=to.unit)
    if to.unit is None:
        raise ExpressionFault("expression-product", literal.offset, unit=unit)
    into = convert_difference if difference else convert
    try:
        return replace(literal, node=Number(into(number, unit, to.unit, to.gas)), unit=to.unit)
    except Objection as objection:
        fields = {**objection.fields, "compatible": compatible(to.unit) if to.unit else ("–",)}
        raise ExpressionFault(objection.code, literal.offset, **fields) from None
