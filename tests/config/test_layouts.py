"""Layouts: those shipped are whole, and what is wrong with one is told at its place in its own file.

A fixture ends with lines `# => line:column code`, in the order in which the faults are told.
"""

import re
from pathlib import Path

import pytest

from config.fault import Findings, Place
from config.layout import LayoutFile, parse_rate
from config.layout_words import KINDS, WORDS_OF
from config.layouts import Layouts, names
from config.load import load_plant
from config.messages import CATALOGUE
from config.model import LimitKind, Priority
from drivers.reading import Quality
from tests.config.texts import CO, codes, faults_of, write

ASKED = Place("plant.yaml", 7, 12)
FIXTURES = sorted((Path(__file__).parent.parent / "fixtures" / "layouts").glob("*.yaml"))
ANNOUNCED = re.compile(r"^# => (\S+ \S+)$", re.MULTILINE)
UPLINK = "uplinks:\n  county:\n    mqtt: {host: 127.0.0.1}\n    layout: "


def get(name: str, folder: Path = Path()) -> tuple[LayoutFile | None, Findings]:
    findings = Findings()
    return Layouts(folder, findings).get(name, ASKED), findings


@pytest.mark.parametrize("name", names())
def test_every_layout_that_is_shipped_is_whole(name: str) -> None:
    layout, findings = get(name)
    assert layout is not None
    assert findings.faults == ()
    assert set(layout.kinds) | set(layout.left_out) == set(KINDS)


def test_what_no_platform_has_confirmed_says_so() -> None:
    layouts = {name: get(name)[0] for name in names()}
    assert {name for name, layout in layouts.items() if layout is not None and not layout.verified} == {
        "hj212",
        "ministry-sample",
    }


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_all_faults_of_a_layout_are_told_at_once_each_at_its_place(path: Path) -> None:
    _, findings = get(path.name, path.parent)
    told = [f"{fault.line}:{fault.column} {fault.code}" for fault in findings.faults]
    assert told == ANNOUNCED.findall(path.read_text(encoding="utf-8"))
    for fault in findings.faults:
        assert fault.file == str(path)
        assert "；" in fault.text("zh")
        assert ";" in fault.text("en") or "?" in fault.text("en")


def test_a_name_that_is_nearly_right_is_mended() -> None:
    layout, findings = get("mnistry-sample")
    assert layout is None
    [fault] = findings.faults
    assert (fault.place, fault.code, fault.fields["nearest"]) == (
        ASKED,
        "layout-unknown-near",
        "ministry-sample",
    )


def test_a_file_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "devices:\n" + CO + UPLINK + "ours.yaml\n")
    [fault] = faults_of(path)
    assert (fault.line, fault.column, fault.code) == (11, 13, "layout-missing")


def test_a_layout_of_ones_own_stands_beside_the_plant_file(tmp_path: Path) -> None:
    ours = (Path(__file__).parents[2] / "config" / "layouts" / "json.yaml").read_text(encoding="utf-8")
    (tmp_path / "ours.yaml").write_text(ours.replace("Plain JSON", "Ours"), encoding="utf-8")
    plant = load_plant(write(tmp_path, "devices:\n" + CO + UPLINK + "ours.yaml\n"))
    assert plant.layouts["county"].name.en == "Ours"


def test_a_layout_that_does_not_fit_the_protocol_is_refused(tmp_path: Path) -> None:
    assert codes(faults_of(write(tmp_path, "devices:\n" + CO + UPLINK + "hj212\n"))) == [
        "layout-other-protocol"
    ]


def test_check_says_what_a_platform_will_not_see_and_that_a_layout_is_unverified(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("point,code\nco-1.concentration,a21005\n")
    hj212 = '{host: a, port: 1, mn: M, st: "31", password: "${env:P}"}'
    uplink = f"uplinks: {{env: {{hj212: {hj212}, codes: codes.csv}}}}\n"
    plant = load_plant(write(tmp_path, "devices:\n" + CO + uplink))
    found = {warning.code: warning for warning in plant.warnings}
    assert "will not see" in found["layout-leaves-out"].text("en")
    assert "alarms" in found["layout-leaves-out"].text("en")
    assert "报警发生" in found["layout-leaves-out"].text("zh")
    assert "alarms" not in found["layout-leaves-out"].text("zh")
    assert "no platform has confirmed" in found["layout-unverified"].text("en")


def test_check_warns_of_results_that_are_asked_for_where_none_can_come(tmp_path: Path) -> None:
    uplink = "uplinks: {county: {mqtt: {host: 127.0.0.1}, layout: ministry-sample}}\n"
    plant = load_plant(write(tmp_path, "devices:\n" + CO + uplink))
    [warning] = [each for each in plant.warnings if each.code == "layout-pending-unused"]
    assert "has no effect for county" in warning.text("en")
    assert "对平台 county 不起作用" in warning.text("zh")


def test_the_words_that_a_table_must_have_are_those_that_there_are() -> None:
    assert set(WORDS_OF["reading.quality"]) == {quality.word for quality in Quality}
    assert set(WORDS_OF["alarm.priority"]) == {priority.value for priority in Priority}
    assert set(WORDS_OF["limit.kind"]) == {kind.value for kind in LimitKind}


@pytest.mark.parametrize(("text", "per_s"), [("10/s", 10), ("60/min", 1), ("1.5 / h", 1.5 / 3600)])
def test_a_rate_has_its_unit(text: str, per_s: float) -> None:
    assert parse_rate(text) == pytest.approx(per_s)


def test_every_sentence_about_layouts_is_used() -> None:
    texts = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "config").glob("*.py")
        if not path.name.startswith("words_")
    )
    sentences = {code.removesuffix("-near") for code in CATALOGUE if code.startswith("layout-")}
    assert {code for code in sentences if f'"{code}"' not in texts} == set()
