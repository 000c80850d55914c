"""The gas-response tests that are under way, by point."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from agent.alarms import words_test
from agent.alarms.acting import ActRefused
from agent.alarms.alarm import Alarm
from agent.alarms.beside_limits import PointWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.device_alarm import WordWatch
from agent.alarms.event import Act, AlarmEvent
from agent.alarms.gas_test import GasTest
from agent.alarms.limit import LimitWatch
from agent.alarms.note import OnNote, note
from agent.alarms.rules.watch import RuleWatch
from agent.alarms.words import BY_RESTART, BY_TIME
from config.model import Plant, Point
from config.unit import is_concentration
from drivers.reading import Quality, Value

TEST_PREFIX: Final = "test/"
TEST_MAX_S: Final = 3600
"""For so long at most a protection can be under test [E]."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A test, and its own deadline."""

    test: GasTest
    over: Callable[[int, int], None]


class GasTests:
    """Begins and ends tests."""

    def __init__(
        self,
        plant: Plant,
        watches: Iterable[object],
        by_point: dict[str, list[PointWatch | GasTest]],
        deadlines: Deadlines,
        on_note: OnNote,
        on_change: Callable[[], None],
    ) -> None:
        """Take `on_change`, called when other watches see a point than before."""
        self._plant = plant
        self._watches = tuple(watches)
        self._by_point = by_point
        self._deadlines = deadlines
        self._on_note = on_note
        self._on_change = on_change
        self._tests: dict[str, _UnderWay] = {}

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Tell which tests a restart has cut short."""
        for key in stored:
            if key.startswith(TEST_PREFIX):
                point_id = key.removeprefix(TEST_PREFIX)
                fields = {"point": point_id, "device": point_id.partition(".")[0], "verdict": "cut-short"}
                text = words_test.cut_short(point_id)
                self._on_note(note("test", text, fields, {key: None}))
                ended: dict[str, object] = {"point": point_id, "device": fields["device"]}
                ended |= {"cause": "gas-test", "reason": "gas-test", "rule": None, "rules": []}
                ended["by"] = BY_RESTART
                self._on_note(note("bypass-end", text, ended))

    def hear(self, events: Iterable[AlarmEvent], mono_ns: int) -> None:
        """Take what has happened to alarms."""
        for under_way in self._tests.values():
            for event in events:
                under_way.test.hear(event, mono_ns)

    @property
    def standing(self) -> list[GasTest]:
        """The tests that are under way."""
        return [under_way.test for under_way in self._tests.values()]

    def begin(self, point: Point, act: Act, before: Value, utc_ns: int, mono_ns: int) -> None:
        """Begin a test of a point that reads `before`; `act.reason` names gas and lot. Raises ActRefused."""
        if act.until_ns is None or not 0 < act.until_ns - utc_ns <= TEST_MAX_S * 10**9:
            raise ActRefused(words_test.too_long(TEST_MAX_S // 60))
        if not is_concentration(point.unit):
            raise ActRefused(words_test.no_gas(point.id))
        concerned = [watch for watch in self._watches if _concerns(watch, point)]
        alarms = [alarm for watch in concerned if isinstance(alarm := getattr(watch, "alarm", None), Alarm)]
        if not alarms:
            raise ActRefused(words_test.no_rules(point.id))
        for alarm in alarms:
            alarm.check_quiet()
        device = self._plant.devices[point.device_id]
        limits = [limit for limit in device.rules if limit.point.id == point.id]
        test = GasTest(point, device.name, alarms, limits, act, utc_ns)
        test.see(before, Quality.GOOD, utc_ns, mono_ns)
        for watch in concerned:
            if isinstance(watch, RuleWatch):
                watch.set_aside(utc_ns, mono_ns)
        for alarm in alarms:
            alarm.begin_test(test.fields)
        self._by_point[point.id] = [test, *self._by_point.get(point.id, ())]
        self._on_change()

        def over(utc_ns: int, mono_ns: int) -> None:
            self._end(point.id, BY_TIME, utc_ns, mono_ns)

        self._tests[point.id] = _UnderWay(test, over)
        self._deadlines.set(over, mono_ns + act.until_ns - utc_ns)
        told = {**test.fields, "cause": "gas-test", "rule": None, "rules": [a.subject.rule for a in alarms]}
        told |= {"since_ns": utc_ns, "until_ns": act.until_ns}
        self._on_note(note("bypass", words_test.begun(test.name, act), told, {TEST_PREFIX + point.id: b"1"}))

    def end(self, point_id: str, act: Act, utc_ns: int, mono_ns: int) -> None:
        """End a test before its time. Raises ActRefused."""
        if point_id not in self._tests:
            raise ActRefused(words_test.no_test(point_id))
        self._end(point_id, act.by, utc_ns, mono_ns)

    def _end(self, point_id: str, by: str, utc_ns: int, mono_ns: int) -> None:
        under_way = self._tests[point_id]
        test = under_way.test
        self._by_point[point_id] = [each for each in self._by_point[point_id] if each is not test]
        self._on_change()
        for alarm in test.alarms:
            alarm.end_test(words_test.ended(alarm.subject.name), utc_ns, mono_ns)
        for watch in self._watches:
            if isinstance(watch, RuleWatch) and watch.alarm in test.alarms:
                watch.take_back(utc_ns, mono_ns)
        rules = [alarm.subject.rule for alarm in test.alarms]
        told = {**test.fields, "cause": "gas-test", "rule": None, "rules": rules}
        told |= {"since_ns": test.from_ns, "from_ns": test.from_ns, "to_ns": utc_ns}
        self._on_note(note("bypass-end", words_test.over(test.name), told))
        self._on_note(test.result(by, utc_ns, {TEST_PREFIX + point_id: None}))
        # Last: should any of this fail, it is tried again, and no alarm stays a test.
        self._deadlines.cancel(under_way.over)
        del self._tests[point_id]


def _concerns(watch: object, point: Point) -> bool:
    """Whether a rule would take the gas of a test for the plant's."""
    match watch:
        case LimitWatch():
            return watch.rule.point.id == point.id
        case RuleWatch():
            return any(of.id == point.id for of in watch.rule.points)
        case WordWatch():
            return point.id in watch.of
    return isinstance(alarm := getattr(watch, "alarm", None), Alarm) and (
        alarm.subject.point == point.id and alarm.subject.condition == "over-range"
    )
