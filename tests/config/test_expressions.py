"""Expressions, from their words to the condition; faults in them: fixtures/plants/expressions.yaml."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.expression import All, Any, Compared, Computed, Lasting, Logical, Mean, Not, Number, Value
from config.expression_parser import parse
from config.expression_words import ExpressionFault, words_of
from config.model import Marks, Point, State, Text
from config.unit import Gas
from tests.agent.parts import point

STATES = {
    0: State(Text("正常", "Normal"), "good"),
    1: State(Text("预热", "Warm up"), "suspect"),
    7: State(Text("故障", "Fault"), "device-fault"),
    8: State(Text("故障", "Fault"), "device-fault"),
}
POINTS = {
    "w.in": point("w.in", 0, unit="m3/h"),
    "w.out": point("w.out", 1, unit="m3/h"),
    "t-1.in": point("t-1.in", 2, unit="°C"),
    "t-1.out": point("t-1.out", 3, unit="°C"),
    "co.x": point("co.x", 4, unit="ppm"),
    "panel.state": replace(point("panel.state", 6, unit=""), marks=Marks((), states=STATES)),
    "fan.on": replace(point("fan.on", 5, unit=""), datatype="bool", range=None),
}
ON = Compared("!=", Value(0), Number(0.0))


def find(id_: str, offset: int) -> Point:
    if id_ not in POINTS:
        raise ExpressionFault("plant-rule-point-unknown", offset, point=id_)
    return POINTS[id_]


def gas(of: Point) -> Gas | None:
    return Gas("CO", 0.0) if of.id == "co.x" else None


def meant(text: str) -> Logical:
    return parse(text, find, gas)[0]


def limit_in(text: str) -> float:
    """Return the number on the right of a comparison."""
    found = meant(text)
    assert isinstance(found, Compared)
    assert isinstance(found.right, Number)
    return found.right.value


def test_points_are_numbered_as_they_are_named_first() -> None:
    _, points = parse("w.out < w.in and w.out > 3 m3/h", find, gas)
    assert [point.id for point in points] == ["w.out", "w.in"]


def test_and_binds_tighter_than_or_and_not_tightest() -> None:
    assert meant("fan.on or not fan.on and fan.on") == Any((ON, All((Not(ON), ON))))
    assert meant("(fan.on or fan.on) and fan.on") == All((Any((ON, ON)), ON))


def test_for_holds_for_all_before_it_up_to_a_bracket() -> None:
    assert meant("fan.on and fan.on for 30 s") == Lasting(All((ON, ON)), 30.0)
    assert meant("fan.on and (fan.on for 5 min)") == All((ON, Lasting(ON, 300.0)))


def test_products_come_before_sums_and_sums_go_from_the_left() -> None:
    found = meant("w.in - w.out - 2 * w.in > 0 m3/h")
    w_in, w_out = Value(0), Value(1)
    left = Computed("-", Computed("-", w_in, w_out), Computed("*", Number(2.0), w_in))
    assert found == Compared(">", left, Number(0.0))


def test_a_minus_within_an_id_is_no_minus() -> None:
    assert parse("t-1.in > 5 °C", find, gas)[1] == (POINTS["t-1.in"],)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("w.in < 30 L/min", 1.8),
        ("w.in<30L/min", 1.8),
        ("t-1.in > 323.15 K", 50.0),
        ("t-1.out - t-1.in > 15 K", 15.0),
        ("t-1.out - t-1.in > 15 °C", 15.0),
        ("mean(t-1.out - t-1.in, 0.5min) > 15 K", 15.0),
        ("change(t-1.in, 10 s) > 15 K", 15.0),
        ("t-1.in - 10 K > 323.15 K", 50.0),
        ("co.x >= 30 mg/m3", 24.0),
        ("w.in / w.out > 0.5", 0.5),
        ("w.in * t-1.in > 3000", 3000.0),
        ("w.in * 2 > 1 m3/min", 60.0),
        ("fan.on == 1", 1.0),
        ("w.in > -5 m3/h", -5.0),
    ],
)
def test_a_number_takes_the_unit_of_what_it_meets(text: str, number: float) -> None:
    assert limit_in(text) == pytest.approx(number, rel=1e-3)


def test_what_is_added_to_a_point_is_a_difference() -> None:
    found = meant("t-1.out >= mean(t-1.out, 1 h) + 10 K")
    assert found == Compared(">=", Value(0), Computed("+", Mean(Value(0), 3600.0), Number(10.0)))


def test_brackets_within_brackets_have_a_limit() -> None:
    assert meant("(" * 20 + "fan.on" + ")" * 20) == ON
    with pytest.raises(ExpressionFault) as refused:
        meant("(" * 21 + "fan.on" + ")" * 21)
    assert (refused.value.code, refused.value.offset) == ("expression-nested", 20)


def test_a_text_longer_than_anybody_checks_is_refused() -> None:
    with pytest.raises(ExpressionFault) as refused:
        words_of("fan.on or " * 101)
    assert refused.value.code == "expression-long"


PARTS = [
    *POINTS,
    "5",
    "0.5s",
    "3 K",
    "and",
    "or",
    "not",
    "for",
    "mean",
    "(",
    ")",
    ",",
    "<",
    "==",
    "+",
    "-",
    "*",
    "/",
    "%",
]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.sampled_from(["", " "]))
def test_whatever_is_written_is_a_condition_or_has_a_fault_within_the_text(
    parts: list[str], between: str
) -> None:
    text = between.join(parts)
    faults = []
    try:
        _, points = parse(text, find, gas)
    except ExpressionFault as fault:
        points, faults = (), [fault]
    assert points or 0 <= faults[0].offset <= len(text)


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_parser(text: str) -> None:
    with pytest.raises(ExpressionFault):
        parse(text + " ?.", find, gas)


@pytest.mark.parametrize("name", ["warm-up", "Warm-up", "预热"])
def test_a_state_is_named_in_either_language(name: str) -> None:
    assert meant(f"panel.state == {name}") == Compared("==", Value(0), Number(1.0))
    assert meant(f"fan.on and panel.state != {name}") == All((ON, Compared("!=", Value(1), Number(1.0))))


def test_a_name_of_several_values_means_any_of_them() -> None:
    seven, eight = (Compared("==", Value(0), Number(raw)) for raw in (7.0, 8.0))
    assert meant("panel.state == fault for 30 s") == Lasting(Any((seven, eight)), 30.0)
    apart = tuple(Compared("!=", Value(0), Number(raw)) for raw in (7.0, 8.0))
    assert meant("panel.state != 故障") == All(apart)


@pytest.mark.parametrize(
    ("text", "code", "offset"),
    [
        ("w.in == fault", "expression-stateless", 8),
        ("panel.state == falt", "expression-state-near", 15),
        ("panel.state < fault", "expression-state-order", 12),
        ("panel.state + 1 == fault", "expression-word", 19),
    ],
)
def test_a_state_that_is_none_is_told_at_its_column(text: str, code: str, offset: int) -> None:
    with pytest.raises(ExpressionFault) as refused:
        meant(text)
    assert (refused.value.code, refused.value.offset) == (code, offset)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("w.inn < 1 m3/h and w.out > 5 °C", [("plant-rule-point-unknown", 0), ("unit-other-dimension", 27)]),
        (
            "(w.inn < 1 or w.outt > 1) and panel.state == falt",
            [
                ("plant-rule-point-unknown", 1),
                ("plant-rule-point-unknown", 14),
                ("expression-state-near", 45),
            ],
        ),
        (
            "mean(w.inn, 5 s) > 1 and w.outt < 2",
            [("plant-rule-point-unknown", 5), ("plant-rule-point-unknown", 25)],
        ),
        ("w.in < and w.outt < 2", [("expression-word", 7), ("plant-rule-point-unknown", 11)]),
        ("w.in < 1 m3/h w.out", [("expression-more", 14)]),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_nothing_that_only_follows(text: str, told: object) -> None:
    with pytest.raises(ExpressionFault) as refused:
        parse(text, find, gas)
    found = [(fault.code, fault.offset) for fault in (refused.value, *refused.value.others)]
    assert found == told
