"""How fast a rehearsal may go follows from the slots that were skipped."""

from simulator.clock import SystemClock
from simulator.rehearsal.clock import PlantClock
from simulator.rehearsal.governor import CALM_LOOKS, Governor


class Line:
    """A line that has skipped so many slots."""

    def __init__(self) -> None:
        self.skipped = 0
        self.said: list[float] = []
        self.clock = PlantClock(SystemClock())
        self.clock.speed = 30
        self.governor = Governor(self.clock, 30, lambda: self.skipped, self.said.append)

    def look(self, skipped: int = 0) -> float:
        self.skipped += skipped
        self.governor.look()
        return self.clock.speed


def test_a_skipped_slot_lowers_the_speed_and_that_is_said() -> None:
    line = Line()
    assert line.look() == 30
    assert line.look(skipped=1) == 20
    assert line.said == [20]
    assert line.governor.overruns == 1


def test_it_goes_faster_again_once_nothing_is_skipped_but_never_faster_than_asked() -> None:
    line = Line()
    line.look(skipped=1)
    speeds = [line.look() for _ in range(CALM_LOOKS + 5)]
    assert speeds[: CALM_LOOKS - 1] == [20] * (CALM_LOOKS - 1)
    assert speeds[-1] == 30


def test_it_never_goes_slower_than_the_machine_s_time() -> None:
    line = Line()
    for _ in range(20):
        line.look(skipped=5)
    assert line.clock.speed == 1
    assert line.governor.lowest == 1


def test_only_a_new_low_is_news() -> None:
    line = Line()
    line.look(skipped=1)
    for _ in range(CALM_LOOKS + 5):
        line.look()
    line.look(skipped=1)
    assert line.said == [20]
