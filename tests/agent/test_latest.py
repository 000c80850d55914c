"""The latest value of each point, whichever plan it came by last."""

from agent.latest import LatestValues
from drivers.reading import Quality, Scan, ScanPlan
from tests.agent.parts import HandClock, device, plant, point, scan_plan

A, B, C = (point(f"co-1.{name}", index) for index, name in enumerate("abc"))
CLOCK = HandClock()


def taken(latest: LatestValues, plan: ScanPlan, *values: float) -> None:
    latest.take(Scan(plan, CLOCK.now_ns(), CLOCK.monotonic_ns(), True, values))


def shown(latest: LatestValues) -> list[object]:
    return [latest.of(each.id).value for each in (A, B, C)]


def test_points_that_change_their_plan_show_what_came_last() -> None:
    latest = LatestValues(plant(device("co-1", [A, B, C], [])))
    whole, left, right = scan_plan(A, B, C), scan_plan(A, B), scan_plan(C)
    assert latest.of(A.id).quality is Quality.STALE
    taken(latest, whole, 1, 2, 3)
    assert shown(latest) == [1, 2, 3]
    taken(latest, left, 11, 12)
    assert shown(latest) == [11, 12, 3]
    taken(latest, whole, 21, 22, 23)
    assert shown(latest) == [21, 22, 23]
    taken(latest, right, 33)
    taken(latest, left, 31, 32)
    assert shown(latest) == [31, 32, 33]


def test_plans_that_no_point_comes_by_any_more_are_forgotten() -> None:
    latest = LatestValues(plant(device("co-1", [A, B, C], [])))
    for value in range(100):
        taken(latest, scan_plan(A, B), value, value)  # a new plan each time
        taken(latest, scan_plan(B, C), value, value)
    assert len(latest._slots) == 2
    assert shown(latest) == [99, 99, 99]
