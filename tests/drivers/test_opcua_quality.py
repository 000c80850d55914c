"""From OPC UA status codes and variants to our values and qualities."""

import math
from dataclasses import replace

import pytest
from asyncua import ua

from config.model import Point
from config.source import NodeSource
from drivers.opcua.quality import quality_of, reading_of, trouble_of
from drivers.opcua.troubles import Trouble
from drivers.reading import Quality
from tests.drivers.plant import node_point

CODES = ua.StatusCodes


def data(value: object, status: int = CODES.Good) -> ua.DataValue:
    variant = ua.Variant([], ua.VariantType.Double) if value == [] else ua.Variant(value)
    return ua.DataValue(variant, ua.StatusCode(ua.UInt32(status)))


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (CODES.Good, Quality.GOOD),
        (CODES.GoodCallAgain, Quality.GOOD),
        (CODES.GoodLocalOverride, Quality.MANUAL),  # somebody forced it: no measurement
        (CODES.GoodClamped, Quality.SUSPECT),
        (CODES.UncertainLastUsableValue, Quality.STALE),
        (CODES.UncertainNoCommunicationLastUsableValue, Quality.STALE),
        (CODES.Uncertain, Quality.SUSPECT),
        (CODES.UncertainSensorNotAccurate, Quality.SUSPECT),
        (CODES.BadSensorFailure, Quality.DEVICE_FAULT),
        (CODES.BadDeviceFailure, Quality.DEVICE_FAULT),
        (CODES.BadOutOfService, Quality.DEVICE_FAULT),
        (CODES.BadNodeIdUnknown, Quality.DEVICE_FAULT),
        (CODES.BadNoCommunication, Quality.COMM_FAULT),
        (CODES.BadNotConnected, Quality.COMM_FAULT),
        (CODES.BadCommunicationError, Quality.COMM_FAULT),
        (CODES.BadWaitingForInitialData, Quality.COMM_FAULT),
    ],
)
def test_each_status_code_has_its_quality(code: int, quality: Quality) -> None:
    assert quality_of(ua.StatusCode(ua.UInt32(code))) is quality
    limit_bits = 0x0000_0600  # data value, limited high: says more about the code, changes nothing
    assert quality_of(ua.StatusCode(ua.UInt32(code | limit_bits))) is quality


def test_a_value_that_cannot_change_is_no_measurement() -> None:
    constant, not_in_use = 0x0000_0700, 0x0000_0300
    assert quality_of(ua.StatusCode(ua.UInt32(constant))) is Quality.SUSPECT
    assert quality_of(ua.StatusCode(ua.UInt32(not_in_use))) is Quality.GOOD


def test_a_doubtful_value_is_kept_and_a_stale_or_bad_one_is_not() -> None:
    point = node_point("p", "ns=2;s=p")
    assert reading_of(point, data(3.5)) == (3.5, Quality.GOOD)
    assert reading_of(point, data(3.5, CODES.UncertainSensorNotAccurate)) == (3.5, Quality.SUSPECT)
    assert reading_of(point, data(3.5, CODES.UncertainLastUsableValue)) == (None, Quality.STALE)
    assert reading_of(point, data(3.5, CODES.BadSensorFailure)) == (None, Quality.DEVICE_FAULT)


def test_beyond_the_range_the_direction_is_kept_even_when_the_server_doubts_the_value() -> None:
    point = node_point("p", "ns=2;s=p", within=(0.0, 10.0))
    assert reading_of(point, data(11.0)) == (10.0, Quality.OVER_RANGE)
    assert reading_of(point, data(-1.0)) == (0.0, Quality.UNDER_RANGE)
    doubted = data(11.0, CODES.UncertainEngineeringUnitsExceeded)
    assert reading_of(point, doubted) == (10.0, Quality.OVER_RANGE)


@pytest.mark.parametrize("value", [math.nan, math.inf, "12.5", None, [1.0, 2.0]])
def test_what_is_no_number_is_no_value(value: object) -> None:
    assert reading_of(node_point("p", "ns=2;s=p"), data(value)) == (None, Quality.NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("datatype", "raw", "value"),
    [
        ("float", 1.5, 1.5),
        ("float", 7, 7),
        ("int", 7, 7),
        ("int", 7.0, 7),
        ("bool", True, True),
        ("bool", 0, False),
        ("string", "run", "run"),
        ("string", ua.LocalizedText("run"), "run"),
    ],
)
def test_a_value_of_the_points_type_is_taken(datatype: str, raw: object, value: object) -> None:
    point = replace(node_point("p", "ns=2;s=p"), datatype=datatype)
    got = reading_of(point, data(raw))
    assert got == (value, Quality.GOOD)
    assert type(got[0]) is type(value)
    assert trouble_of(point, data(raw)) is None


@pytest.mark.parametrize(
    ("datatype", "raw", "detail"),
    [
        ("float", True, "Boolean → float"),
        ("float", "1.5", "String → float"),
        ("int", 1.5, "Double → int"),
        ("int", False, "Boolean → int"),
        ("bool", 2, "Int64 → bool"),
        ("bool", 1.0, "Double → bool"),
        ("string", 7, "Int64 → string"),
    ],
)
def test_a_value_of_another_type_is_no_value_and_the_reason_is_known(
    datatype: str, raw: object, detail: str
) -> None:
    point = replace(node_point("p", "ns=2;s=p"), datatype=datatype)
    assert reading_of(point, data(raw)) == (None, Quality.NOT_A_NUMBER)
    assert trouble_of(point, data(raw)) == Trouble("value-of-other-type", detail)


def element(index: int | None) -> Point:
    return replace(node_point("p", "ns=2;s=p"), source=NodeSource("ns=2;s=p", index))


def test_an_element_of_an_array_is_picked_by_its_index_from_0() -> None:
    assert [reading_of(element(n), data([1.5, 2.5]))[0] for n in (0, 1)] == [1.5, 2.5]


@pytest.mark.parametrize(
    ("index", "raw", "quality", "code"),
    [
        (2, [1.5, 2.5], Quality.DEVICE_FAULT, "element-missing"),
        (0, [], Quality.DEVICE_FAULT, "element-missing"),
        (0, 1.5, Quality.NOT_A_NUMBER, "value-is-no-array"),
        (None, [1.5], Quality.NOT_A_NUMBER, "value-is-array"),
        (0, [[1.5], [2.5]], Quality.NOT_A_NUMBER, "value-is-array"),
    ],
)
def test_a_wrong_index_is_bad_with_its_reason(
    index: int | None, raw: object, quality: Quality, code: str
) -> None:
    assert reading_of(element(index), data(raw)) == (None, quality)
    found = trouble_of(element(index), data(raw))
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CODES.BadNodeIdUnknown, "node-unknown"),
        (CODES.BadNotReadable, "node-unreadable"),
        (CODES.BadUserAccessDenied, "node-unreadable"),
        (CODES.BadSensorFailure, None),
        (CODES.BadNoCommunication, None),
        (CODES.Good, None),
    ],
)
def test_what_a_person_must_mend_is_told_from_what_the_device_must(status: int, code: str | None) -> None:
    found = trouble_of(node_point("p", "ns=2;s=p"), data(1.5, status))
    assert (found.code if found else None) == code


def test_a_text_that_is_no_utf_8_is_no_value_and_its_bytes_are_told() -> None:
    point = node_point("p", "ns=2;s=p", datatype="string")
    gbk = "正常".encode("gbk").decode("utf-8", "surrogateescape")  # as the library hands it over
    assert reading_of(point, data(gbk)) == (None, Quality.NOT_A_NUMBER)
    assert trouble_of(point, data(gbk)) == Trouble("text-not-utf-8", "D5 FD B3 A3")
    assert reading_of(point, data("正常")) == ("正常", Quality.GOOD)


@pytest.mark.parametrize("raw", [1e300, -1e300, 2.0**64, -(2.0**63) - 2048])
def test_a_double_that_was_never_set_is_no_whole_number(raw: float) -> None:
    point = node_point("p", "ns=2;s=p", datatype="int")
    assert reading_of(point, data(raw)) == (None, Quality.NOT_A_NUMBER)
    assert reading_of(point, data(2.0**63)) == (2**63, Quality.GOOD)
