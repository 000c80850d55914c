"""`edge-agent test-rules`: what cases write of points is what the rules get, and every slip is shown."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from agent.cli.main import main
from agent.rule_tests.play import Happened, play, rules_of
from config.case_load import load_cases

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = sorted((ROOT / "config" / "cases").glob("*.yaml"))

PLANT: Final = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections: {plc: {modbus-tcp: {host: 127.0.0.1}}}
devices:
  hall:
    name: 机组
    connection: plc
    unit: 1
    period: 1 s
    points:
      flow: {name: 流量, unit: m3/h, range: [0, 400], modbus: {address: 0, type: float32}}
      dp: {name: 压差, unit: Pa, range: [0, 3000], period: 5 s, modbus: {address: 2, type: float32}}
      total: {name: 累积量, unit: m3, modbus: {address: 4, type: uint32}}
      fan: {name: 风机, modbus: {table: coil, address: 0}}
      model: {name: 型号, modbus: {address: 20, type: string, length: 2}}
    rules:
      flow: {lo: {limit: 100 m3/h, deadband: 5 m3/h, on_delay: 2 s, off_delay: 10 s}}
      fan: {lo: {limit: 0, on_delay: 0 s, off_delay: 0 s}}
rules:
  tube-clogged:
    {kind: frozen, name: 管堵, point: hall.dp, window: 1 min, during: {point: hall.fan, equals: 1}}
"""
FALLS: Final = "points: {hall.flow: {0 s: 200 m3/h, 10 s: 90 m3/h}}"


def written(folder: Path, cases: str, *, plant: str = PLANT) -> Path:
    (folder / "plant.yaml").write_text(plant, encoding="utf-8")
    path = folder / "cases.yaml"
    path.write_text("plant: plant.yaml\ncases:\n" + cases, encoding="utf-8")
    return path


def heard(folder: Path, case: str) -> list[str]:
    """Return what the rules say of one case, written on one line."""
    file = load_cases(written(folder, f"  it: {case}\n"), rules_of, profile_dirs=())
    return [
        _said(each) for each in play(file.plant, file.cases["it"]) if each.rule not in file.cases["it"].unread
    ]


def _said(each: Happened) -> str:
    return f"{each.at_s:g} {each.rule.removeprefix('hall.')} {each.word}"


def verdicts(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = main(["test-rules", str(path), "--json"])
    return code, json.loads(capsys.readouterr().out)


def faults(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return `line:column: English` of everything that is told."""
    assert main(["test-rules", str(path)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    return [line.removeprefix(f"{path}:") for line in said.err.splitlines()]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_example_plants_do_what_their_cases_say(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = verdicts(path, capsys)
    assert [case["case"] for case in answer["cases"] if not case["passed"]] == []
    assert code == 0
    assert answer["passed"] >= 5


def test_a_limit_that_somebody_has_moved_fails_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = f"  it: {{{FALLS}, expect: {{hall.flow.lo: {{raised: 12 s}}}}}}\n"
    assert verdicts(written(tmp_path, case), capsys)[0] == 0
    moved = PLANT.replace("limit: 100 m3/h", "limit: 80 m3/h")
    code, answer = verdicts(written(tmp_path, case, plant=moved), capsys)
    assert code == 1
    [event] = answer["cases"][0]["events"]
    assert (event["verdict"], event["came_s"], event["line"]) == ("never", None, 3)


def test_what_comes_late_early_never_or_unexpected_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_14 = "expect: {hall.flow.lo: {raised: 14 s}}"
    twice = "0 s: 90 m3/h, 10 s: 200 m3/h, 30 s: 90 m3/h"
    cases = {
        "late": f"{FALLS}, expect: {{hall.flow.lo: {{raised: 10 s}}}}",
        "early": f"{FALLS}, {at_14}",
        "wide-enough": f"{FALLS}, {at_14}, within: 2 s",
        "never": f"points: {{hall.flow: 200 m3/h}}, {at_14}",
        "unexpected": "points: {hall.flow: 90 m3/h}, expect: none",
        "twice": f"points: {{hall.flow: {{{twice}}}}}, "
        "expect: {hall.flow.lo: {raised: [2 s, 32 s], cleared: 20 s}}",
    }
    path = written(tmp_path, "".join(f"  {id_}: {{{case}}}\n" for id_, case in cases.items()))
    code, answer = verdicts(path, capsys)
    assert code == 1
    assert {case["case"]: [event["verdict"] for event in case["events"]] for case in answer["cases"]} == {
        "late": ["late"],
        "early": ["early"],
        "wide-enough": ["as-expected"],
        "never": ["never"],
        "unexpected": ["unexpected"],
        "twice": ["as-expected"] * 3,
    }
    assert (answer["passed"], answer["failed"]) == (2, 4)
    assert main(["test-rules", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "过迟 too late  " + str(path) + ":3:" in shown
    assert "6 cases, 4 failed" in shown


def test_a_ramp_passes_the_limit_where_it_should(tmp_path: Path) -> None:
    ramp = "{points: {hall.flow: {0 s: 200 m3/h, 10 s: {to: 0 m3/h, over: 20 s}}}, expect: none}"
    assert heard(tmp_path, ramp) == ["22 flow.lo raised"], "100 m3/h at 20 s, and two seconds of delay"


def test_a_ramp_goes_on_from_where_the_last_one_stood(tmp_path: Path) -> None:
    turns = "0 s: 200 m3/h, 10 s: {to: 0 m3/h, over: 20 s}, 15 s: {to: 250 m3/h, over: 1 s}"
    assert heard(tmp_path, f"{{points: {{hall.flow: {{{turns}}}}}, expect: none}}") == []


def test_other_units_are_converted(tmp_path: Path) -> None:
    assert heard(tmp_path, "{lasts: 9 s, points: {hall.flow: 27 L/s}, expect: none}") == ["2 flow.lo raised"]


def test_a_stale_value_is_a_lost_protection_and_nothing_read_is_not_even_that(tmp_path: Path) -> None:
    stale = "{lasts: 1 min, points: {hall.flow: {0 s: 200 m3/h, 20 s: stale}}, expect: none}"
    assert heard(tmp_path, stale) == ["30 flow.lo lost"]
    missing = "{lasts: 1 min, points: {hall.flow: {0 s: 200 m3/h, 20 s: missing}}, expect: none}"
    assert heard(tmp_path, missing) == []
    never = "{lasts: 1 min, points: {hall.flow: {30 s: 200 m3/h}}, expect: none}"
    assert heard(tmp_path, never) == ["10 flow.lo lost", "30 flow.lo found"]


def test_a_bad_or_uncertain_value_clears_nothing(tmp_path: Path) -> None:
    turns = "0 s: 90 m3/h, 5 s: {value: 200 m3/h, quality: maintenance}, 30 s: device-fault"
    assert heard(tmp_path, f"{{points: {{hall.flow: {{{turns}}}}}, expect: none}}") == [
        "2 flow.lo raised",
        "40 flow.lo lost",
    ]


def test_beyond_its_range_a_value_keeps_its_direction(tmp_path: Path) -> None:
    for low in ("under-range", "-20 m3/h"):
        case = f"{{lasts: 9 s, points: {{hall.flow: {low}}}, expect: none}}"
        assert heard(tmp_path, case) == ["2 flow.lo raised"], low
    assert heard(tmp_path, "{lasts: 9 s, points: {hall.flow: over-range}, expect: none}") == []


def test_a_swing_is_life_and_a_constant_is_a_clogged_tube(tmp_path: Path) -> None:
    fan = "hall.fan: true"
    swing = "{value: 800 Pa, swing: 20 Pa, every: 40 s}"
    assert heard(tmp_path, f"{{lasts: 5 min, points: {{{fan}, hall.dp: {swing}}}, expect: none}}") == []
    still = f"{{lasts: 90 s, points: {{{fan}, hall.dp: 800 Pa}}, expect: none}}"
    assert heard(tmp_path, still) == ["60 tube-clogged raised"]


def test_a_latched_alarm_is_over_when_a_person_resets_it(tmp_path: Path) -> None:
    latched = PLANT.replace("off_delay: 10 s}}", "off_delay: 10 s, latched: true}}")
    turns = "{0 s: 200 m3/h, 10 s: 90 m3/h, 20 s: 200 m3/h}"
    acts = "{hall.flow.lo: {acknowledge: 25 s, reset: [28 s, 40 s]}}"
    case = f"  it: {{points: {{hall.flow: {turns}}}, acts: {acts}, expect: none}}\n"
    file = load_cases(written(tmp_path, case, plant=latched), rules_of, profile_dirs=())
    assert [_said(each) for each in play(file.plant, file.cases["it"]) if each.rule == "hall.flow.lo"] == [
        "12 flow.lo raised",
        "28 flow.lo refused",
        "40 flow.lo reset",
    ], "at 28 s it is not back for long enough"


def test_an_act_on_no_alarm_fails_the_case_unless_it_is_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    act = "points: {hall.flow: 200 m3/h}, acts: {hall.flow.lo: {acknowledge: 5 s}}"
    wrong = f"  it: {{{act}, expect: none}}\n  so: {{{act}, expect: {{hall.flow.lo: {{refused: 5 s}}}}}}\n"
    _, answer = verdicts(written(tmp_path, wrong), capsys)
    assert [case["passed"] for case in answer["cases"]] == [False, True]


def test_a_weekend_is_read_once_a_minute_where_the_case_says_so(tmp_path: Path) -> None:
    case = (
        "{begins: 2026-03-06 22:00, lasts: 60 h, every: 1 min, points: {hall.flow: 200 m3/h}, expect: none}"
    )
    assert heard(tmp_path, case) == []


BROKEN: Final = """\
  points:
    lasts: 10
    points:
      hall.flw: 200 m3/h
      hall.model: 3
      hall.flow: {0 s: 200, 5: 200 m3/h, 10 s: 3 Pa, 20 s: misssing, 30 s: {to: 10 m3/h}}
      hall.dp: {0 s: {to: 3 Pa, over: 3 s}, 5 s: {value: 2 Pa, quality: stale}, 1 min: 1 Pa, 60 s: 2 Pa}
      hall.total: over-range
      hall.fan: 2
    expect: {hall.flow.low: {raised: 3 s}, hall.flow.lo: {rised: 3 s}}
    acts: {hall.flow.lo: {ack: 3 s}, hall.fow.lo: {reset: 3 s}}
  nothing: {points: {}, expect: {}}
  short: {begins: soon, lasts: 10 s, points: {hall.dp: 3 Pa}, expect: {tube-clogged: {raised: 20 s}}}
  long: {lasts: 60 d, points: {hall.flow: 200 m3/h}, expect: none}
  no-expectation: {points: {hall.flow: 200 m3/h}}
"""


def test_every_fault_is_told_at_once_with_place_and_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = faults(written(tmp_path, BROKEN), capsys)
    starts = {line.split(":")[0] + ":" + line.split(":")[1]: line for line in told}
    expected = {
        "4:12": "'10' is not a duration",
        "6:7": "did you mean 'hall.flow'?",
        "7:7": "is a text",
        "8:24": "write 200 m3/h",
        "8:29": "'5' is not a duration",
        "8:48": "cannot be converted to the point's unit m3/h",
        "8:60": "did you mean 'missing'?",
        "8:76": "to and over go together",
        "9:22": "write value",
        "9:73": "choose one of: maintenance",
        "9:94": "the moment 60 s stands twice",
        "10:19": "has no measuring range",
        "11:17": "write 0 or 1",
        "12:14": "did you mean 'hall.flow.lo'?",
        "12:59": "did you mean 'raised'?",
        "13:27": "'ack' is not known",
        "13:38": "did you mean 'hall.flow.lo'?",
        "14:21": "the case gives no point a value",
        "15:19": "'soon' is no moment",
        "15:72": "reads hall.fan as well",
        "15:95": "is after the end of the case",
        "16:17": "write e.g. every: 1 min",
        "17:3": "'expect' is missing",
    }
    assert {
        place: (starts.get(place, ""), said)
        for place, said in expected.items()
        if said not in starts.get(place, "")
    } == {}
    assert len(told) == len(expected), "\n".join(told)


def test_a_plant_file_that_is_missing_or_faulty_is_told_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path,
        "  it: {points: {hall.flow: 1 m3/h}, expect: none}\n",
        plant=PLANT.replace("unit: 1\n", "unit: 999\n"),
    )
    [fault] = [line for line in _said_of(path, capsys) if "plant.yaml" in line]
    assert "plant.yaml:7:" in fault
    (tmp_path / "plant.yaml").unlink()
    assert faults(path, capsys)[0].startswith("1:8: ")


def _said_of(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["test-rules", str(path)]) == 3
    return capsys.readouterr().err.splitlines()


def test_no_file_at_all_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["test-rules"])
    assert ended.value.code == 2


def test_an_empty_file_and_a_plant_file_are_told_what_a_file_of_cases_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    [told] = faults(empty, capsys)
    assert "write plant and cases as in" in told
    [told] = faults(SHIPPED[0].parent.parent / "plants" / "dust.yaml", capsys)
    assert "dust.yaml is a plant file and no file of cases" in told
