"""Numbers with units, written by people."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.fault import Objection
from config.quantity import SECONDS_PER, Quantity, parse_bytes, parse_quantity, parse_seconds, split_quantity
from config.unit import UNITS, Gas, canonical, compatible, convert, convert_difference

numbers = st.decimals(min_value=-10_000, max_value=10_000, places=3)
spaces = st.text(alphabet=" ", max_size=2)


@given(numbers, st.sampled_from(sorted(UNITS)), spaces, spaces)
def test_a_number_and_its_unit_are_read_back_however_they_are_spaced(
    number: float, unit: str, before: str, between: str
) -> None:
    assert split_quantity(f"{before}{number}{between}{unit}") == (float(number), unit)


@given(st.integers(0, 10_000), st.sampled_from(sorted(SECONDS_PER)))
def test_a_duration_is_its_number_times_its_unit(number: int, unit: str) -> None:
    assert math.isclose(parse_seconds(f"{number} {unit}"), number * SECONDS_PER[unit])


@given(st.text(max_size=12))
def test_any_text_is_either_a_quantity_or_refused_with_a_reason(text: str) -> None:
    with suppress(Objection):  # anything else than an Objection is a bug
        number, unit = split_quantity(text)
        assert math.isfinite(number)
        assert unit == unit.strip()


@pytest.mark.parametrize("value", ["30", "30 sec", "s", "1e3 s", "5m", None, 30, 30.0, True, "３０ s"])
def test_a_duration_without_a_known_unit_is_refused(value: object) -> None:
    with pytest.raises(Objection) as refused:
        parse_seconds(value)
    assert refused.value.code == "not-a-duration"


def test_sizes_are_in_bytes() -> None:
    assert parse_bytes("20GB") == 20 * 10**9
    assert parse_bytes("1.5 MB") == 1_500_000


def test_a_bare_number_is_a_quantity_without_unit_and_true_is_none() -> None:
    assert parse_quantity(1) == Quantity(1.0, "")
    with pytest.raises(Objection):
        parse_quantity(True)


@given(numbers, st.sampled_from(sorted(UNITS)), st.data())
def test_what_is_converted_and_back_is_the_same(number: float, unit: str, data: st.DataObject) -> None:
    into = data.draw(st.sampled_from(compatible(unit)))
    there = convert(float(number), unit, into)
    assert math.isclose(convert(there, into, unit), float(number), rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("number", "unit", "into", "expected"),
    [
        (4500, "kPa", "MPa", 4.5),
        (1.2, "bar", "kPa", 120),
        (273.15, "K", "°C", 0),
        (70, "℃", "°C", 70),
        (60, "L/min", "m³/h", 3.6),
        (15, "cm", "mm", 150),
        (0.0024, "%VOL", "ppm", 24),
    ],
)
def test_common_conversions(number: float, unit: str, into: str, expected: float) -> None:
    assert convert(number, unit, into) == expected


def test_a_difference_of_temperatures_has_no_zero_point() -> None:
    assert convert_difference(5, "K", "°C") == 5


def test_the_limits_of_carbon_monoxide_agree_at_0_c_and_only_there() -> None:
    at_0, at_25 = Gas("CO", 0.0), Gas("CO", 25.0)
    assert convert(24, "ppm", "mg/m3", at_0) == pytest.approx(30.0, abs=0.05)
    assert convert(160, "ppm", "mg/m3", at_0) == pytest.approx(200.0, abs=0.1)
    assert convert(24, "ppm", "mg/m3", at_25) == pytest.approx(27.5, abs=0.05)


def test_a_share_of_the_explosive_limit_is_so_much_of_the_air_for_a_known_gas() -> None:
    hydrogen, methane = Gas("H2", 0.0), Gas("CH4", 0.0)
    assert convert(25, "%LEL", "%VOL", hydrogen) == 1.0
    assert convert(1.25, "%VOL", "%LEL", methane) == 25.0
    assert convert(10, "%LEL", "ppm", methane) == 5000
    assert convert(1, "%LEL", "mg/m3", methane) == pytest.approx(357.9, rel=1e-3)
    assert convert_difference(1, "%LEL", "ppm", hydrogen) == 400
    with pytest.raises(Objection) as refused:
        convert(1, "%LEL", "ppm", Gas("Cl2", 0.0))
    assert refused.value.code == "gas-not-explosive"


@pytest.mark.parametrize(
    ("unit", "into", "code"),
    [
        ("bar", "°C", "unit-other-dimension"),
        ("furlong", "m", "unit-unknown"),
        ("mg/m3", "ppm", "gas-not-stated"),
        ("%LEL", "%VOL", "gas-not-stated"),
        ("%LEL", "%", "unit-other-dimension"),
    ],
)
def test_what_does_not_convert_is_refused(unit: str, into: str, code: str) -> None:
    with pytest.raises(Objection) as refused:
        convert(1, unit, into)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "name"), [("m³/h", "m3/h"), ("℃", "°C"), ("mg/m³", "mg/m3"), ("％", "%")]
)
def test_the_spellings_of_a_chinese_keyboard_are_known(written: str, name: str) -> None:
    assert canonical(written) == name
