"""An interlock, watched: read as shift logs; that no verdict says more than samples tell is a property."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drivers.reading import Quality, Scan, ScanPlan
from tests.agent.rule_shift import BAD, Shift

RULE = """{kind: interlock, name: {zh: 断水联锁, en: Water trip}, trigger: "plc.inlet < 100 m3/h",
    give_up: 30 s, off_delay: 0 s, effects: {cut-off: {name: {zh: 快速切断阀, en: Cut-off}, within: 4 s,
    must: {point: plc.closed, equals: 1}}}}"""
TWO = RULE.replace("effects: {", "effects: {fan: {must: plc.fan, within: 8 s}, ")


def judged(shift: Shift) -> list[Any]:
    return [noted for noted in shift.noted if noted["interlock"] == "judged"]


def verdicts(shift: Shift) -> dict[str, str]:
    return {effect["effect"]: effect["verdict"] for effect in judged(shift)[-1]["effects"]}


def calm(folder: Path, rule: str = RULE, **others: bool) -> Shift:
    """Return a shift on which water runs and the valve is open."""
    shift = Shift(folder, rule)
    shift.read(inlet=200.0, closed=False, **others)
    shift.wait(1)
    shift.read(inlet=200.0, closed=False, **others)
    return shift


def test_an_effect_that_follows_is_in_time_and_its_delay_is_an_interval(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    shift.wait(1)
    assert shift.read(inlet=50.0, closed=False) == []
    shift.wait(1)
    assert shift.read(inlet=50.0, closed=True) == []
    triggered, told = shift.noted
    assert triggered["interlock"] == "triggered"
    assert triggered["trigger"]["by_ns"] - triggered["trigger"]["after_ns"] == 10**9
    assert triggered["trigger"]["values"][0] == {
        "point": "plc.inlet",
        "value": 50.0,
        "unit": "m3/h",
        "quality": "good",
    }
    [effect] = told["effects"]
    assert (effect["verdict"], effect["low_s"], effect["high_s"]) == ("in time", 0.0, 2.0)
    assert told["text"] == {
        "zh": "断水联锁：快速切断阀 及时（0.00 至 2.00 s，限时 4 s）",
        "en": "Water trip: Cut-off in time (0.00 to 2.00 s, limit 4 s)",
    }
    assert shift.stored.get("interlock/the-rule") is None


def test_one_that_comes_too_late_is_an_alarm_as_soon_as_that_is_certain(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    heard = []
    for second in range(1, 8):
        shift.wait(1)
        heard += [(second, word) for word in shift.read(inlet=50.0, closed=second == 7)]
    assert heard == [(6, "raised")], "5 s after the first sample that was low, the valve was still open"
    assert (shift.events[-1].priority, shift.events[-1].condition) == ("critical", "interlock")
    assert "快速切断阀 超时" in shift.said[0]
    assert verdicts(shift) == {"cut-off": "late"}
    [effect] = judged(shift)[0]["effects"]
    assert (effect["low_s"], effect["high_s"]) == (5.0, 7.0)
    assert shift.wait(60) == [], "the alarm stands while its trigger does"
    assert shift.read(inlet=200.0, closed=True) == ["cleared"]


def test_one_that_never_comes_is_told_when_it_is_given_up(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    for second in range(1, 32):
        shift.wait(1)
        shift.read(inlet=50.0, closed=False)
        assert bool(judged(shift)) == (second == 31), second
    assert verdicts(shift) == {"cut-off": "never"}
    assert "未动作（29.00 s 内没有" in judged(shift)[0]["text"]["zh"]
    assert [event.happening for event in shift.events] == ["raised"]


def test_samples_that_lie_on_both_sides_of_the_limit_tell_nothing_and_raise_nothing(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    shift.wait(1)
    shift.read(inlet=50.0, closed=False)
    shift.wait(3)
    shift.read(inlet=50.0, closed=False)
    shift.wait(3)
    assert shift.read(inlet=50.0, closed=True) == []
    assert verdicts(shift) == {"cut-off": "cannot tell"}
    assert judged(shift)[0]["effects"][0]["why"] == "samples"
    assert shift.events == []


def test_a_feedback_that_nobody_can_read_is_no_proof_of_anything(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    heard = []
    for _ in range(32):
        shift.wait(1)
        heard += shift.read(inlet=50.0, closed=BAD)
    assert verdicts(shift) == {"cut-off": "cannot tell"}
    assert heard == [], "told by the deadlines"
    assert [event.happening for event in shift.events] == ["not-evaluated"]


def test_what_was_there_before_the_trigger_is_in_time_if_it_stays(tmp_path: Path) -> None:
    shift = Shift(tmp_path, RULE)
    shift.read(inlet=200.0, closed=True)
    shift.wait(1)
    shift.read(inlet=50.0)
    assert judged(shift) == [], "the valve might have opened meanwhile"
    shift.read(closed=True)
    assert verdicts(shift) == {"cut-off": "in time"}


def test_what_was_there_long_before_is_told_so(tmp_path: Path) -> None:
    shift = Shift(tmp_path, RULE)
    for _ in range(3):
        shift.read(inlet=200.0, closed=True)
        shift.wait(1)
    shift.read(inlet=50.0, closed=True)
    assert "Cut-off in time (was so before, limit 4 s)" in judged(shift)[0]["text"]["en"]


def test_what_lets_go_at_the_trigger_has_to_come_again(tmp_path: Path) -> None:
    shift = Shift(tmp_path, RULE)
    shift.read(inlet=200.0, closed=True)
    shift.wait(1)
    shift.read(inlet=50.0, closed=False)
    assert judged(shift) == []
    shift.wait(1)
    shift.read(inlet=50.0, closed=True)
    assert verdicts(shift) == {"cut-off": "in time"}


def test_every_effect_has_its_own_verdict(tmp_path: Path) -> None:
    shift = calm(tmp_path, TWO, fan=False)
    for second in range(1, 12):
        shift.wait(1)
        shift.read(inlet=50.0, closed=second > 1, fan=second == 11)
    assert verdicts(shift) == {"fan": "late", "cut-off": "in time"}
    assert "fan late (9.00 to 11.00 s, limit 8 s); Cut-off in time" in judged(shift)[0]["text"]["en"]
    assert [event.happening for event in shift.events] == ["raised"]
    assert "Cut-off" not in shift.said[1]


def test_a_trigger_that_is_over_before_its_limit_needs_no_effect(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    shift.wait(1)
    shift.read(inlet=50.0, closed=False)
    for _ in range(11):
        shift.wait(1)
        assert shift.read(inlet=200.0, closed=False) == []
    assert verdicts(shift) == {"cut-off": "cannot tell"}
    assert judged(shift)[0]["effects"][0]["why"] == "trigger-over"


def test_an_effect_that_comes_although_the_trigger_is_over_is_in_time_still(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    for inlet, closed in ((50.0, False), (200.0, False), (200.0, True)):
        shift.wait(1)
        assert shift.read(inlet=inlet, closed=closed) == []
    assert verdicts(shift) == {"cut-off": "in time"}


def test_a_trigger_that_is_back_with_the_next_samples_counts_from_there(tmp_path: Path) -> None:
    """A value at its limit: what follows a flicker is neither excused for good, nor late because of it."""
    shift = calm(tmp_path)
    heard = []
    for second, inlet in enumerate((99.0, 101.0, 99.0, 50.0, 50.0, 50.0, 50.0, 50.0), start=1):
        shift.wait(1)
        heard.append((second, shift.read(inlet=inlet, closed=False)))
    assert [second for second, said in heard if said == ["raised"]] == [8]
    shift.wait(1)
    shift.read(inlet=50.0, closed=True)
    assert verdicts(shift) == {"cut-off": "late"}


def test_a_trigger_that_stands_when_the_agent_starts_is_not_judged(tmp_path: Path) -> None:
    shift = Shift(tmp_path, RULE)
    for _ in range(40):
        shift.wait(1)
        assert shift.read(inlet=50.0, closed=False) == []
    shift.read(inlet=BAD, closed=False)
    shift.read(inlet=50.0, closed=False)
    assert shift.noted == []


def test_a_restart_in_the_middle_is_told_as_not_to_be_told(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    shift.wait(1)
    shift.read(inlet=50.0, closed=False)
    assert "interlock/the-rule" in shift.stored
    shift.restart()
    assert verdicts(shift) == {"cut-off": "cannot tell"}
    assert judged(shift)[0]["effects"][0]["why"] == "restart"
    assert judged(shift)[0]["trigger"]["by_ns"] == shift.noted[0]["trigger"]["by_ns"]
    assert "interlock/the-rule" not in shift.stored
    shift.restart()
    assert len(judged(shift)) == 1


def test_a_second_trigger_is_judged_anew(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    for _ in range(2):
        shift.wait(1)
        shift.read(inlet=50.0, closed=False)
        shift.wait(1)
        shift.read(inlet=50.0, closed=True)
        shift.wait(60)
        shift.read(inlet=200.0, closed=False)
        shift.wait(60)
        shift.read(inlet=200.0, closed=False)
    assert len(judged(shift)) == 2


def test_a_trigger_that_flickers_at_its_limit_is_one(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    for _ in range(20):
        shift.wait(1)
        shift.read(inlet=50.0, closed=True)
        shift.wait(1)
        shift.read(inlet=200.0, closed=True)
    assert len(judged(shift)) == 1
    shift.wait(10)
    shift.read(inlet=50.0, closed=True)
    assert len(judged(shift)) == 2


def test_an_uncertain_trigger_sets_off_and_clears_nothing(tmp_path: Path) -> None:
    shift = calm(tmp_path)
    for _ in range(7):
        shift.wait(1)
        shift.read(inlet=(50.0, Quality.SUSPECT), closed=False)
    assert [event.happening for event in shift.events] == ["raised"]
    for _ in range(30):
        shift.wait(1)
        shift.read(inlet=(200.0, Quality.SUSPECT), closed=False)
    assert [event.happening for event in shift.events] == ["raised"]
    assert shift.read(inlet=200.0, closed=False) == ["cleared"]


def stamped(shift: Shift, source_s: float, **given: float) -> None:
    """Report values that the server stamped, as a subscription does."""
    points = tuple(p for p in shift.plant.points if p.id.partition(".")[2] in given)
    plan = ScanPlan("ua", "subscription", points, 1.0)
    values = tuple(given[p.id.partition(".")[2]] for p in points)
    source_ns = (round(source_s * 1e9),) * len(points)
    now_ns, mono_ns = shift.clock.now_ns(), shift.clock.monotonic_ns()
    shift._heard(shift.engine.evaluate(Scan(plan, now_ns, mono_ns, True, values, None, source_ns)))


def test_the_servers_own_times_count_where_it_stamps_all_that_is_compared(tmp_path: Path) -> None:
    """Reports that took a second to arrive are no second of delay."""
    shift = Shift(tmp_path, RULE.replace("plc.", "ua."), subscribed=True)
    stamped(shift, 1000.0, inlet=200.0, closed=0)
    shift.wait(60)
    stamped(shift, 1060.5, inlet=50.0)
    shift.wait(3)
    stamped(shift, 1062.0, closed=1)
    [effect] = judged(shift)[0]["effects"]
    assert (effect["verdict"], effect["low_s"], effect["high_s"]) == ("in time", 0.5, 2.5)


def test_a_subscribed_feedback_that_stays_silent_never_came(tmp_path: Path) -> None:
    shift = Shift(tmp_path, RULE.replace("plc.", "ua."), subscribed=True)
    shift.read(inlet=200.0, closed=False)
    shift.wait(60)
    shift.read(inlet=50.0)
    assert shift.wait(5.9) == []
    assert shift.wait(0.5) == ["raised"]
    shift.wait(30)
    assert verdicts(shift) == {"cut-off": "never"}


SAMPLES = st.lists(st.floats(0.05, 3.0), min_size=10, max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(  # closed at 7 s, before anybody saw the trigger, and its next sample is lost
    trigger_s=7.0,
    took_s=0.0,
    inlet_apart=[1.0, 1.0, 1.0, 3.0, 1.5, 1.0, 1.0, 1.0, 1.0, 1.0],
    closed_apart=[1.0, 1.0, 2.5, 2.5, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    lost={12},
    lead=0.0,
)
@given(
    trigger_s=st.floats(1, 10),
    took_s=st.floats(0, 12) | st.none(),
    inlet_apart=SAMPLES,
    closed_apart=SAMPLES,
    lost=st.sets(st.integers(0, 60), max_size=15),
    lead=st.floats(0, 2),
)
def test_the_true_delay_lies_within_what_is_told_and_no_verdict_is_wrong(
    tmp_path: Path,
    trigger_s: float,
    took_s: float | None,
    inlet_apart: list[float],
    closed_apart: list[float],
    lost: set[int],
    lead: float,
) -> None:
    """Whenever samples are taken, whichever of them are lost."""
    shift = Shift(tmp_path, RULE)
    effect_s = None if took_s is None else trigger_s + took_s
    times = [(sum(inlet_apart[:n]), "inlet") for n in range(len(inlet_apart))]
    times += [(lead + sum(closed_apart[:n]), "closed") for n in range(len(closed_apart))]
    at_s = 0.0
    for n, (time_s, point) in enumerate(sorted(times)):
        shift.wait(time_s - at_s)
        at_s = time_s
        is_closed = effect_s is not None and time_s >= effect_s
        value = (50.0 if time_s >= trigger_s else 200.0) if point == "inlet" else is_closed
        shift.read(**{point: BAD if n in lost else value})
    for told in judged(shift):
        [effect] = told["effects"]
        if took_s is None:
            assert effect["verdict"] in ("never", "late", "cannot tell")
            continue
        if effect["verdict"] not in ("never", "cannot tell"):
            assert effect["low_s"] is None or effect["low_s"] <= took_s + 1e-6
            assert effect["high_s"] is None or took_s - 1e-6 <= effect["high_s"]
        assert effect["verdict"] != "in time" or took_s <= 4 + 1e-6
        assert effect["verdict"] not in ("late", "never") or took_s > 4 - 1e-6
    if any(event.happening == "raised" for event in shift.events):
        assert took_s is None or took_s > 4 - 1e-6


def test_a_trigger_on_two_points_is_known_false_only_up_to_the_older_sample(tmp_path: Path) -> None:
    """The outlet may have fallen long before anybody looked at it."""
    shift = Shift(
        tmp_path, RULE.replace('"plc.inlet < 100 m3/h"', '"plc.inlet < 100 m3/h or plc.outlet < 100 m3/h"')
    )
    shift.read(outlet=200.0, closed=False)
    for _ in range(3):
        shift.read(inlet=200.0, closed=False)
        shift.wait(1)
    shift.read(outlet=50.0, closed=False)
    shift.wait(1)
    shift.read(closed=True)
    [effect] = judged(shift)[0]["effects"]
    assert (effect["low_s"], effect["high_s"]) == (0.0, 4.0)
