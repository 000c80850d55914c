"""From OPC UA status codes and variants to our values and qualities."""

import math
from datetime import UTC

import pytest
from asyncua import ua

from drivers.opcua.quality import quality_of, reading_of, source_ns
from drivers.reading import Quality
from tests.drivers.plant import node_point

CODES = ua.StatusCodes


def data(value: object, status: int = CODES.Good) -> ua.DataValue:
    return ua.DataValue(ua.Variant(value), ua.StatusCode(ua.UInt32(status)))


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (CODES.Good, Quality.GOOD),
        (CODES.GoodClamped, Quality.GOOD),
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


def test_whole_numbers_and_booleans_stay_what_they_are() -> None:
    point = node_point("p", "ns=2;s=p", within=(0.0, 10.0))
    assert [reading_of(point, data(value))[0] for value in (7, True, False)] == [7, True, False]
    assert type(reading_of(point, data(True))[0]) is bool


def test_the_source_time_is_kept_and_nothing_is_invented() -> None:
    stamp = ua.DateTime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    aware = ua.DataValue(ua.Variant(1.0), SourceTimestamp=stamp)
    naive = ua.DataValue(ua.Variant(1.0), SourceTimestamp=ua.DateTime(2026, 5, 1, 12, 0, 0, 250_000))
    assert source_ns(aware) == source_ns(naive) == 1_777_636_800_250_000_000
    assert source_ns(ua.DataValue(ua.Variant(1.0))) is None
