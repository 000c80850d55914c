"""What the demo shows while it runs: tables on a terminal, one plain line a second elsewhere."""

import io

from rich.console import Console

from simulator.demo.eyes import Sight
from simulator.demo.view import LiveView, PlainView, view_for

BUREAU = {"name": "bureau", "state": "down", "absent": None, "backlog_records": 12}
COUNTY = {"name": "county", "state": "absent", "absent": "no broker", "backlog_records": 0}
AGENT = {
    "devices": [
        {
            "id": "co-12",
            "name": {"zh": "煤气柜东侧", "en": "east of gas holder"},
            "points": [
                {"id": "co-12.concentration", "value": 171.5, "unit": "ppm", "quality": "good"},
                {"id": "co-12.fault", "value": None, "unit": "", "quality": "comm-fault"},
            ],
        }
    ],
    "alarms": [{"text": {"zh": "超过高高限", "en": "beyond the high-high limit"}, "priority": "critical"}],
    "destinations": [BUREAU, COUNTY],
}
PLATFORM = {"bureau": {"door": "shut", "totals": {"readings": 400}}}
SIGHT = Sight(0, AGENT, PLATFORM)


def test_without_a_terminal_there_is_one_line_a_second_that_says_it_all() -> None:
    output = io.StringIO()
    view = view_for(output)
    view.show(SIGHT, 12.34, 60)

    assert isinstance(view, PlainView)
    assert view.interval_s == 1.0
    (line,) = output.getvalue().splitlines()
    for part in (
        "12.3/60 s",
        "values 1/2",
        "alarms 1",
        "bureau down [shut]",
        "backlog 12",
        "400",
        "county -",
    ):
        assert part in line


def test_on_a_terminal_there_are_devices_alarms_and_destinations() -> None:
    output = io.StringIO()
    with LiveView(Console(file=output, force_terminal=True, width=120, height=50)) as view:
        view.say("playing")
        view.show(SIGHT, 12.34, 60)
        text = output.getvalue()

    for part in ("171.5 ppm", "comm-fault", "超过高高限", "no broker", "shut", "400", "12.3 / 60 s"):
        assert part in text


def test_an_agent_that_does_not_answer_is_said_to_be_silent() -> None:
    output = io.StringIO()
    view_for(output).show(Sight(0), 0, 60)
    assert "the agent does not answer" in output.getvalue()


def test_drained_means_nothing_left_for_anyone_who_is_there() -> None:
    assert not SIGHT.drained
    assert Sight(0, {**AGENT, "destinations": [{**BUREAU, "backlog_records": 0}, COUNTY]}).drained
    assert not Sight(0).drained
