"""Limits that change with the phase of a cast, read as a shift log; and that not knowing is never laxer."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.alarms.gate import GateWatch
from config.model import Phase
from drivers.reading import Quality
from tests.agent.area_shift import GONE, Read, Shift

AREA = "  shop: {name: 车间, state: {declared: true}}\n"
CASTER = """\
  caster:
    name: 铸机
    connection: plc
    unit: 1
    area: shop
    modbus: {table: input-register}
    points:
      phase: {name: 阶段, datatype: int, modbus: {address: 0, type: uint16}}
      speed: {name: 速度, unit: mm/min, range: [0, 300], modbus: {address: 1, type: uint16}}
      level: {name: 液位, unit: mm, range: [0, 300], modbus: {address: 2, type: uint16}}
    rules:
      level:
        lolo: {gate: cast, sets: {idle: none, start: 40 mm, steady: 90 mm}, deadband: 5 mm, off_delay: 0 s}
        hihi: {gate: cast, sets: {start: 230 mm, steady: 210 mm}, deadband: 5 mm, off_delay: 0 s}
"""
BY_TAG = """\
gates:
  cast:
    name: 铸造阶段
    tag: caster.phase
    values: {0: idle, 1: start, 2: steady, 3: end}
    contradicted_by: caster.level > 30 mm or caster.speed > 5 mm/min
"""
BY_CONDITIONS = """\
gates:
  cast:
    name: 铸造阶段
    when: {idle: caster.speed < 1 mm/min for 5 s, start: caster.speed < 50 mm/min}
    contradicted_by: caster.level > 30 mm
"""
LOLO, HIHI = "caster.level.lolo", "caster.level.hihi"
UNKNOWN, CONTRADICTED = "cast.gate-unknown", "cast.gate-contradicted"


def shift_of(folder: Path, gates: str = BY_TAG) -> Shift:
    return Shift(folder, AREA, CASTER, gates)


def gate_of(shift: Shift) -> GateWatch:
    return shift.engine.gates["cast"]


def test_each_phase_has_its_limit_and_what_is_not_in_force_is_told(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    assert shift.read(caster__phase=0, caster__level=0, caster__speed=0) == ["phase idle"]
    assert shift.told[-1].fields["not_in_force"] == [LOLO]
    assert gate_of(shift).not_in_force == [LOLO]
    assert shift.read(caster__phase=1, caster__level=60) == ["phase start"]
    assert shift.read(caster__phase=2, caster__level=80) == ["phase steady", f"{LOLO} raised"]
    assert (shift.events[-1].limit, shift.events[-1].value) == (90, 80)
    assert shift.read(caster__phase=2, caster__level=150) == [f"{LOLO} cleared"]
    assert shift.read(caster__phase=3, caster__level=80) == ["phase end", f"{LOLO} raised"]
    assert shift.read(caster__phase=0, caster__level=0) == ["phase idle", f"{LOLO} cleared"]
    assert "not in force" in shift.events[-1].text.en


def test_overflow_holds_in_every_phase(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    for phase in (0, 2, 3):
        assert f"{HIHI} raised" in shift.read(caster__phase=phase, caster__level=211), phase
        assert f"{HIHI} cleared" in shift.read(caster__phase=phase, caster__level=150), phase
    assert f"{HIHI} raised" not in shift.read(caster__phase=1, caster__level=211)
    assert f"{HIHI} raised" in shift.read(caster__phase=1, caster__level=230)


@pytest.mark.parametrize("phase", [GONE, 7, (2, Quality.SUSPECT), (0, Quality.SIMULATION)])
def test_an_unknown_phase_means_the_steady_limits_at_once_and_an_alarm_by_and_by(
    tmp_path: Path, phase: Read
) -> None:
    shift = shift_of(tmp_path)
    shift.read(caster__phase=0, caster__level=0, caster__speed=0)
    assert shift.read(caster__phase=phase, caster__level=0, caster__speed=0) == [f"{LOLO} raised"]
    assert f"{UNKNOWN} raised" in shift.wait(10)
    heard = shift.read(caster__phase=0, caster__level=0, caster__speed=0)
    assert {f"{UNKNOWN} cleared", f"{LOLO} cleared"} <= set(heard)
    assert "phase idle" not in heard, "it was told before, and nothing else has been since"


def test_a_limit_waits_for_the_first_phase_but_not_for_ever(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    assert shift.read(caster__level=0, caster__speed=0) == []
    assert shift.wait(9) == []
    heard = shift.wait(1)
    assert {f"{UNKNOWN} raised", f"{LOLO} raised"} <= set(heard)

    surge = shift_of(tmp_path)
    assert surge.read(caster__level=229) == []
    assert surge.read(caster__level=230) == [f"{HIHI} raised"], "beyond in every phase"

    other = shift_of(tmp_path)
    other.read(caster__level=0, caster__speed=0)
    assert other.read(caster__phase=0) == ["phase idle"]
    assert other.read(caster__phase=2) == ["phase steady", f"{LOLO} raised"], "the last level is judged anew"


def test_metal_or_movement_while_the_phase_says_idle_is_an_alarm_after_a_minute(tmp_path: Path) -> None:
    for seen in ({"caster__level": 31, "caster__speed": 0}, {"caster__level": 0, "caster__speed": 6}):
        shift = shift_of(tmp_path)
        shift.read(caster__phase=0, **seen)
        assert shift.wait(59) == []
        assert shift.wait(1) == [f"{CONTRADICTED} raised"]
        assert f"{CONTRADICTED} cleared" in shift.read(caster__phase=2, **seen)
        shift.read(caster__phase=0, caster__level=0, caster__speed=0)
        assert shift.wait(120) == []


def test_a_phase_by_conditions_asks_idle_first_and_steady_is_what_is_left(tmp_path: Path) -> None:
    shift = shift_of(tmp_path, BY_CONDITIONS)
    shift.read(caster__speed=0, caster__level=0)
    assert gate_of(shift).phase is None, "idle once it has been so for 5 s"
    assert shift.wait(5) == ["phase idle"]
    assert shift.read(caster__speed=20, caster__level=60) == ["phase start"]
    assert shift.read(caster__speed=100, caster__level=150) == ["phase steady"]
    assert shift.read(caster__speed=GONE, caster__level=60) == [f"{LOLO} raised"]


def test_over_a_restart_a_phase_is_not_told_again(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(caster__phase=0, caster__level=0, caster__speed=0)
    assert shift.restart() == []
    assert shift.read(caster__phase=0, caster__level=0, caster__speed=0) == []
    assert shift.restart() == []
    assert shift.read(caster__phase=2, caster__level=150) == ["phase steady"]


def test_in_a_planned_stop_the_gate_rests_and_the_contradiction_does_not(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(caster__phase=0, caster__level=0, caster__speed=0)
    shift.declare("planned-stop", for_s=86400)
    resting = shift.told[-1].fields["rules"]
    assert isinstance(resting, list)
    assert {LOLO, HIHI, UNKNOWN} <= set(resting)
    assert CONTRADICTED not in resting
    shift.read(caster__phase=0, caster__level=200, caster__speed=0)
    assert shift.wait(60) == [f"{CONTRADICTED} raised"]
    shift.read(caster__phase=GONE, caster__level=GONE, caster__speed=GONE)
    assert [said for said in shift.wait(600) if "planned-stop-silent" not in said] == []


def test_the_gate_and_the_limits_come_in_any_order_of_scans(tmp_path: Path) -> None:
    shift = shift_of(tmp_path)
    shift.read(caster__level=80)
    shift.read(caster__phase=1)
    assert shift.read(caster__phase=2) == ["phase steady", f"{LOLO} raised"]


PHASE = st.sampled_from((0, 1, 2, 3, 7, None))
QUALITY = st.sampled_from((Quality.GOOD, Quality.GOOD, Quality.SUSPECT))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(PHASE, QUALITY, st.sampled_from((0, 30, 60, 80, 100, 212, 235))),
            st.tuples(st.just(-1), st.just(Quality.GOOD), st.sampled_from((1, 11))),  # time passes
        ),
        max_size=20,
    )
)
def test_an_unknown_phase_is_never_laxer_than_the_steady_one(
    tmp_path: Path, steps: list[tuple[int | None, Quality, int]]
) -> None:
    shift = shift_of(tmp_path)
    for phase, quality, number in steps:
        if phase == -1:
            shift.wait(number)
            continue
        shift.read(caster__phase=GONE if phase is None else (phase, quality), caster__level=number)
        gate = gate_of(shift)
        is_sure = phase in (0, 1, 2, 3) and quality.is_good
        assert gate.phase is (list(Phase)[phase] if is_sure and phase is not None else None)
        is_waiting = not gate._is_read
        for rule, is_beyond in ((LOLO, number <= 90), (HIHI, number >= 210)):
            alarm = shift.engine.alarm(rule)
            assert alarm is not None
            if gate.phase in (None, Phase.STEADY, Phase.END) and is_beyond and not is_waiting:
                assert alarm.state.is_raised, (rule, phase, number)
        if is_waiting:
            assert not is_sure
    shift.wait(11)
    assert gate_of(shift)._is_read
