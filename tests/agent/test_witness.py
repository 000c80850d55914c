"""A planned stop that a calendar or a person says while a process runs: it is denied, and all is watched."""

from pathlib import Path

import pytest

from agent.alarms.acting import ActRefused
from tests.agent.area_shift import GONE, Shift
from tests.agent.test_gates import BY_TAG, CASTER

DECLARED = "  shop: {name: 车间, state: {declared: true}}\n"
CALENDAR = "  shop: {name: 车间, state: {calendar: {running: Mon-Fri 08:00-20:00}}}\n"
LOLO = "caster.level.lolo"
IDLE = {"caster__phase": 0, "caster__level": 0, "caster__speed": 0}
CASTS = {"caster__phase": 2, "caster__level": 100, "caster__speed": 80}
LOW = {**CASTS, "caster__level": 50}
STOPPED = ["production-state planned-stop", "planned-stop begun"]
DENIED = ["production-state running", "planned-stop over"]


def shift_of(folder: Path, area: str = DECLARED) -> Shift:
    return Shift(folder, area, CASTER, BY_TAG)


def test_a_cast_that_begins_in_a_declared_stop_ends_it_after_a_minute(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(**IDLE)
    assert shift.declare("planned-stop", for_s=86400) == STOPPED
    assert shift.read(**LOW) == ["phase steady"], "the limit rests: the stop was declared"
    assert shift.wait(59) == []
    assert shift.wait(1) == [*DENIED, f"{LOLO} raised"]
    assert "铸造阶段" in shift.told[-2].text.zh
    assert shift.told[-2].fields["source"] == "gate"
    assert shift.area.declared is None
    shift.read(**IDLE)
    assert shift.state == "running", "what a person said is over for good"


def test_a_cast_over_the_weekend_of_a_calendar_is_watched_and_the_stop_goes_on_behind_it(
    tmp_path: Path,
) -> None:
    shift = shift_of(tmp_path, CALENDAR)
    shift.at("2023-11-18T10:00")  # a Saturday
    shift.read(**IDLE)
    assert shift.state == "planned-stop"
    shift.read(**CASTS)
    assert shift.wait(60) == DENIED
    assert shift.area.source == "gate"
    assert shift.read(**LOW) == [f"{LOLO} raised"]
    assert set(shift.read(**IDLE)) > set(STOPPED)


def test_what_casts_cannot_be_declared_stopped(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(**CASTS)
    shift.wait(60)
    for state in ("planned-stop", "idle"):
        with pytest.raises(ActRefused, match="cannot be declared otherwise"):
            shift.declare(state, for_s=3600)


def test_a_phase_that_comes_and_goes_within_a_minute_is_no_cast(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(**IDLE)
    shift.declare("planned-stop", for_s=86400)
    for _ in range(5):
        shift.read(**CASTS)
        shift.wait(30)
        shift.read(**IDLE)
        shift.wait(30)
    assert shift.state == "planned-stop"


def test_a_phase_that_is_lost_denies_a_calendar_on_and_a_person_no_more(tmp_path: Path) -> None:
    shift = shift_of(tmp_path, CALENDAR)
    shift.at("2023-11-17T19:00")  # a Friday
    shift.read(**CASTS)
    shift.wait(60)
    shift.read(**dict.fromkeys(CASTS, GONE))
    shift.at("2023-11-18T10:00")
    assert shift.state == "running", "nobody saw the cast end"
    assert shift.declare("planned-stop", for_s=3600)[0] == STOPPED[0]


def test_what_was_seen_to_run_holds_over_a_restart(tmp_path: Path) -> None:
    shift = shift_of(tmp_path, CALENDAR)
    shift.at("2023-11-18T10:00")
    shift.read(**CASTS)
    shift.wait(60)
    assert shift.state == "running"
    shift.restart(after_s=5)
    assert shift.state == "running"
    shift.read(**IDLE)
    assert shift.state == "planned-stop"
