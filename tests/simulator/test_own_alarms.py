"""Simulated detectors raise their own alarms: bits and states follow the limits of the plant file."""

from pathlib import Path

from simulator.own_alarms import own_alarms
from tests.simulator.test_selfreport import plant_of

PANEL = """\
    profile: gas-controller
    channels: 2
"""
PT495 = """\
    profile: pem-tech-pt495/h2s
"""


def test_a_status_word_says_the_worst_that_its_channel_has_reached(tmp_path: Path) -> None:
    panel = plant_of(tmp_path, PANEL).devices["d"]
    quiet = {"d.state-01": 0, "d.state-02": 0}
    for first, second, said in (
        (10.0, 10.0, {}),
        (25.0, 10.0, {"d.state-01": 1}),
        (60.0, 30.0, {"d.state-01": 2, "d.state-02": 1}),
    ):
        values = {"d.concentration-01": first, "d.concentration-02": second, **quiet}
        assert own_alarms(panel, values) == said


def test_a_bit_follows_its_limit_and_an_inhibited_device_says_only_that(tmp_path: Path) -> None:
    head = plant_of(tmp_path, PT495).devices["d"]
    assert own_alarms(head, {"d.concentration": 5.0, "d.alarm": False}) == {}
    assert own_alarms(head, {"d.concentration": 6.0, "d.alarm": False}) == {"d.alarm": True}
    panel = plant_of(tmp_path, PANEL).devices["d"]
    assert own_alarms(panel, {"d.concentration-01": 60.0, "d.state-01": 5}) == {}
