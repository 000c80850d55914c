"""`rate:` of an uplink: which one holds, and whether it can be enough."""

from pathlib import Path

import pytest

from config.fault import InvalidPlant
from config.rate import allowed_per_s
from tests.config.texts import CO, load

LAYOUT = """\
name: {zh: 限速, en: slow}
verified: true
source: {zh: 平台指南, en: the platform's guide}
limits: {%s}
body: {id: message.id, data: {$map: readings, $to: {v: reading.value}}}
kinds:
  reading: {word: r}
  backfill: {word: b}
  heartbeat: {word: h}
left_out:
%s"""
OTHERS = ("catalogue", "alarm", "alarm-update", "alarm-end", "handling", "state", "gap", "event", "test")


def warned(folder: Path, uplink: str, limits: str = "") -> tuple[float | None, list[str]]:
    """Return the rate that holds, and the warnings about it."""
    left_out = "".join(f"  {kind}: {{zh: 无, en: none}}\n" for kind in OTHERS)
    (folder / "slow.yaml").write_text(LAYOUT % (limits, left_out), encoding="utf-8")
    text = f"uplinks: {{bureau: {{mqtt: {{host: 127.0.0.1}}, layout: slow.yaml{uplink}}}}}\n"
    plant = load(folder, "devices:\n" + CO + text)
    rate = allowed_per_s(plant.uplinks["bureau"], plant.layouts["bureau"])
    return rate, [warning.text("en") for warning in plant.warnings if warning.code == "rate-low"]


@pytest.mark.parametrize(
    ("uplink", "limits", "per_s"),
    [
        ("", "", None),
        (", rate: 10/s", "", 10.0),
        ("", "rate: 120/min", 2.0),
        (", rate: 10/s", "rate: 120/min", 2.0),
        (", rate: 1/s", "rate: 120/min", 1.0),
    ],
)
def test_the_stricter_of_the_two_holds(tmp_path: Path, uplink: str, limits: str, per_s: float | None) -> None:
    assert warned(tmp_path, uplink, limits) == (per_s, [])


@pytest.mark.parametrize("rate", ["10", "10/d", "0/s", "-1/s", "fast"])
def test_a_rate_needs_a_number_and_a_time(tmp_path: Path, rate: str) -> None:
    with pytest.raises(InvalidPlant) as refused:
        warned(tmp_path, f", rate: {rate}")
    assert [fault.code for fault in refused.value.faults] == ["not-a-rate"]


def test_a_rate_that_is_not_enough_for_what_is_recorded_is_warned_of(tmp_path: Path) -> None:
    _, [words] = warned(tmp_path, ", rate: 6/min, readings: {points: [co-1.concentration]}", "points: 1")
    assert "may get 360/h messages, readings alone need about 720/h" in words
    assert warned(tmp_path, ", rate: 6/min, readings: {snapshot: 10 min}", "points: 1")[1] == []
    _, [words] = warned(tmp_path, ", rate: 8/h, heartbeat: 1 h")
    assert "may get 8/h messages, readings alone need about 7.2/h" in words, "a message holds 100 commits"


def test_heartbeats_that_would_take_the_whole_rate_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlant) as refused:
        warned(tmp_path, ", rate: 60/h")
    [fault] = refused.value.faults
    assert fault.code == "rate-for-heartbeats-only"
    assert "a heartbeat every 60 s takes more than half of 60/h messages" in fault.text("en")
    assert "请加长 heartbeat" in fault.text("zh")
    assert warned(tmp_path, ", rate: 60/h, heartbeat: 10 min")[0] == 1 / 60
