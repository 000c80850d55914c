"""Readings as a platform of HJ 212 takes them."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from agent.records import CataloguePoint, Reading
from agent.uplinks.content import Content
from agent.uplinks.hj212.area import areas, hj212_layout, number
from agent.uplinks.places import Sender
from agent.uplinks.uplink import Kind
from drivers.reading import Quality, Value
from tests.agent.destination import shipped_file

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON_NS = 1_795_492_800 * 10**9  # 2026-11-24 04:00 UTC, noon in Shanghai
FILE = shipped_file("hj212")
CODES = {"co-1.concentration": "a21005", "fan.running": "x00001"}


def reading(
    value: Value, quality: Quality = Quality.GOOD, *, point: str = "co-1.concentration", ms: int = 0
) -> Reading:
    of = CataloguePoint(point, "ppm", "float", point.partition(".")[0], {"zh": "", "en": ""})
    return Reading(0, of, NOON_NS + ms * 10**6, value, quality, None)


def lines(*readings: Reading) -> list[str]:
    letters = {word: str(letter) for word, letter in FILE.look_up["letters"].items()}
    return list(areas(readings, SHANGHAI, CODES, letters))


def test_points_of_one_second_share_an_area_in_local_time() -> None:
    assert lines(reading(3.5), reading(True, point="fan.running", ms=400)) == [
        "2011 DataTime=20261124120000;a21005-Rtd=3.5,a21005-Flag=N;x00001-Rtd=1,x00001-Flag=N"
    ]


def test_a_second_value_within_a_second_is_not_lost() -> None:
    assert lines(reading(1), reading(2, ms=500), reading(3, ms=1000)) == [
        "2011 DataTime=20261124120000;a21005-Rtd=1,a21005-Flag=N",
        "2011 DataTime=20261124120000;a21005-Rtd=2,a21005-Flag=N",
        "2011 DataTime=20261124120001;a21005-Rtd=3,a21005-Flag=N",
    ]


def test_a_point_without_a_code_is_left_out() -> None:
    assert lines(reading(1, point="tilt-1.angle")) == []


def test_a_value_that_is_not_there_is_a_letter_and_never_a_nought() -> None:
    assert lines(reading(None, Quality.COMM_FAULT)) == ["2011 DataTime=20261124120000;a21005-Flag=B"]


@pytest.mark.parametrize(
    ("quality", "letter"),
    [
        (Quality.GOOD, "N"),
        (Quality.OVER_RANGE, "T"),
        (Quality.UNDER_RANGE, "T"),
        (Quality.MAINTENANCE, "M"),
        (Quality.CALIBRATION, "C"),
        (Quality.SIMULATION, "M"),
        (Quality.MANUAL, "S"),
        (Quality.STOPPED, "F"),
        (Quality.SUSPECT, "D"),
        (Quality.STALE, "B"),
        (Quality.DEVICE_FAULT, "D"),
        (Quality.SENTINEL, "D"),
        (Quality.WIRE_BREAK, "D"),
    ],
)
def test_every_quality_has_its_letter(quality: Quality, letter: str) -> None:
    [line] = lines(reading(None if quality.is_bad else 1, quality))
    assert line.endswith(f"-Flag={letter}")


def test_only_good_readings_are_normal() -> None:
    normal = [q for q in Quality if lines(reading(None if q.is_bad else 1, q))[0].endswith("Flag=N")]
    assert normal == [Quality.GOOD]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-7, "0.0000001"),
        (1.5e15, "1500000000000000"),
        (0.1 + 0.2, "0.3"),
        (-0.5, "-0.5"),
        (False, "0"),
        (7, "7"),
    ],
)
def test_numbers_have_no_exponent(value: Value, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("kind", [Kind.ALARM, Kind.ALARM_END, Kind.EVENT, Kind.GAP])
def test_what_the_protocol_has_no_word_for_is_left_out(kind: Kind) -> None:
    layout = hj212_layout(FILE, Sender("P", {}, "", "G", CODES), SHANGHAI, heartbeat_frame=False)
    assert kind not in layout.kinds


def test_a_message_without_a_coded_reading_is_left_out() -> None:
    layout = hj212_layout(FILE, Sender("P", {}, "", "G", CODES), SHANGHAI, heartbeat_frame=False)
    assert layout.render(Content(uuid4(), Kind.READING, 1, True, None, NOON_NS)) is None
