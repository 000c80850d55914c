"""Scenario files: what they mean, and what is told when they are wrong."""

from pathlib import Path
from textwrap import dedent

import pytest

from config.load import load_plant
from simulator.faults import Target
from simulator.scenario import Event
from simulator.scenario_file import InvalidScenario, load_scenario
from tests.simulator.plants import OPCUA, RTU, TCP, collector, detector, furnace, plant

ROOT = Path(__file__).parents[2]
PLANT = plant(
    {"line": RTU, "plc": TCP, "furnaces": OPCUA},
    detector("co-12", "line", 12),
    collector("dc-1", "plc", 1),
    furnace("tilt-1", "furnaces"),
)


def write(folder: Path, text: str) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def faults_of(path: Path) -> list[tuple[int, str, str]]:
    """Return line, the word at the fault's column, and code."""
    with pytest.raises(InvalidScenario) as caught:
        load_scenario(path, PLANT)
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [(fault.place.line, fault.place.column, fault.code) for fault in caught.value.faults]
    return [(line, lines[line - 1][column - 1 :].split(",")[0], code) for line, column, code in places]


def test_an_event_has_a_span_a_target_and_parameters_with_their_defaults(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20 min
        events:
          - {at: 0.1, until: 0.35, device: co-12, do: leak, to: 200 ppm, tau: 1 min}
          - {at: 0.2, until: 0.3, platform: bureau, do: outage}
        """,
    )
    scenario = load_scenario(path)
    assert scenario.duration_s == 1200
    leak = Event(
        0.1, 0.35, Target.DEVICE, "co-12", "leak", {"to": 200, "hydrogen": 0, "tau": 60, "decay": 300}
    )
    assert scenario.events[0] == leak
    assert scenario.active(0.1, Target.DEVICE, "co-12") == (leak,)
    assert scenario.active(0.35, Target.DEVICE, "co-12") == ()
    assert scenario.active(0.2, Target.DEVICE, "co-13") == ()
    assert scenario.active(0.25, Target.PLATFORM, "bureau")[0].do == "outage"
    assert scenario.edges(Target.DEVICE, "co-12") == (0.1, 0.35)


def test_an_event_may_name_a_time_in_place_of_a_fraction_and_a_process_in_place_of_a_device(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20 min
        events:
          - {at: 5 min, until: 600 s, process: dust-collector, do: broken-bag}
        """,
    )
    assert load_scenario(path, PLANT).events == (Event(0.25, 0.5, Target.DEVICE, "dc-1", "broken-bag"),)


def test_an_event_may_befall_every_device_that_plays_a_process_be_it_none(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20 min
        events:
          - {at: 0, until: 1, every: dust-collector, do: fan-off}
          - {at: 0, until: 1, every: casting-machine, do: idle}
        """,
    )
    of = plant({"plc": TCP}, collector("dc-1", "plc", 1), collector("dc-2", "plc", 2))
    assert [(event.id, event.do) for event in load_scenario(path, of).events] == [
        ("dc-1", "fan-off"),
        ("dc-2", "fan-off"),
    ]


def test_a_process_that_there_is_not_and_a_fault_of_another_one_are_told_without_anybody_playing(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20 min
        events:
          - {at: 0, until: 1, every: dust-colector, do: fan-off}
          - {at: 0, until: 1, every: dust-collector, do: pour}
          - {at: 0, until: 1, every: casting-machine, do: idel}
        """,
    )
    assert faults_of(path) == [
        (3, "dust-colector", "unknown-process"),
        (4, "pour}", "wrong-process-of"),
        (5, "idel}", "unknown-fault"),
    ]


def test_a_time_beyond_the_end_and_a_process_that_nobody_plays_are_told(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20 min
        events:
          - {at: 5 min, until: 21 min, device: co-12, do: leak}
          - {at: 1 min, until: 2 min, process: casting-machine, do: surge}
          - {at: soon, until: 1, device: co-12, do: leak}
        """,
    )
    assert faults_of(path) == [
        (3, "21 min", "fraction"),
        (4, "casting-machine", "nobody-plays"),
        (5, "soon", "duration"),
    ]


def test_every_fault_of_a_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
        duration: 20
        events:
          - {at: 0.5, until: 0.2, device: co-12, do: leak}
          - {at: 1.5, until: 2, device: co-99, do: silent}
          - {at: 0.1, until: 0.2, device: co-12, connection: plc, do: silent}
          - {at: 0.1, until: 0.2, device: co-12, do: explode}
          - {at: 0.1, until: 0.2, connection: plc, do: leak}
          - {at: 0.1, until: 0.2, device: dc-1, do: leak}
          - {at: 0.1, until: 0.2, connection: plc, do: adapter-pulled}
          - {at: 0.1, until: 0.2, device: tilt-1, do: late}
          - {at: 0.1, until: 0.2, device: co-12, do: leak, to: 3 kPa, hue: red}
          - {until: 0.2, device: co-12, do: exception, code: two}
          - {at: 0.1, until: 0.2, device: co-12, do: stop-heartbeat}
        weather: fine
        """,
    )
    assert faults_of(path) == [
        (1, "20", "duration"),
        (3, "0.2", "span"),
        (4, "1.5", "fraction"),
        (4, "2", "fraction"),
        (4, "co-99", "unknown-target"),
        (5, "{at: 0.1", "one-target"),
        (6, "explode}", "unknown-fault"),
        (7, "leak}", "wrong-target"),
        (8, "leak}", "wrong-process"),
        (9, "adapter-pulled}", "wrong-protocol"),
        (10, "late}", "wrong-protocol"),
        (11, "3 kPa", "quantity"),
        (11, "hue: red}", "unknown-key"),
        (12, "{until: 0.2", "missing-key"),
        (12, "two}", "number"),
        (13, "stop-heartbeat}", "cannot-say"),
        (14, "weather: fine", "unknown-key"),
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("duration: [", ["yaml-bracket-open"]),
        ("- 1\n", ["not-a-map", "missing-key"]),
        (None, ["file-missing"]),
    ],
)
def test_broken_yaml_and_a_missing_file_are_faults_too(
    tmp_path: Path, text: str | None, codes: list[str]
) -> None:
    path = tmp_path / "nowhere.yaml" if text is None else write(tmp_path, text)
    with pytest.raises(InvalidScenario) as caught:
        load_scenario(path, PLANT)
    assert [fault.code for fault in caught.value.faults] == codes


def test_a_fault_reads_in_chinese_and_english(tmp_path: Path) -> None:
    path = write(tmp_path, "duration: 20 min\nevents: [{at: 0, until: 1, device: co-12, do: explode}]\n")
    with pytest.raises(InvalidScenario) as caught:
        load_scenario(path, PLANT)
    text = str(caught.value)
    assert text.startswith(f"{path}:2:")
    assert "未知的故障" in text
    assert "unknown fault 'explode'; known: silent" in text


def test_without_a_plant_nothing_is_said_about_its_names(tmp_path: Path) -> None:
    path = write(tmp_path, "duration: 1 min\nevents: [{at: 0, until: 1, device: anything, do: silent}]\n")
    assert load_scenario(path).events[0].id == "anything"


def test_the_demo_befalls_the_demo_plant_and_ends_before_its_last_quarter() -> None:
    demo_plant = load_plant(ROOT / "config" / "plants" / "demo.yaml")
    scenario = load_scenario(ROOT / "simulator" / "scenarios" / "demo.yaml", demo_plant)
    assert max(event.until for event in scenario.events) < 0.75
    assert {event.do for event in scenario.events} == {
        "leak",
        "pour",
        "smoulder",
        "pump-trip",
        "reboot",
        "silent",
        "line-cut",
        "outage",
    }


def test_nothing_happens_in_the_calm() -> None:
    assert load_scenario(ROOT / "simulator" / "scenarios" / "calm.yaml").events == ()
