"""What a sector must measure: which points a plant file lacks, and which nobody watches."""

import re
from pathlib import Path

import pytest

from config.fault import Fault, Findings, Place
from config.library import Library
from config.load import load_plant
from config.model import Confidence
from config.sector import Statutes
from tests.config.texts import CO, codes, faults_of, write

HEAD = """\
plant: {id: P-1, name: 测试厂, region: "140800", sectors: [SECTORS]}
areas: {east: {name: {zh: 东, en: East}}, west: {name: {zh: 西, en: West}}}
connections:
  line: {modbus-rtu: {port: /dev/serial/by-id/usb-a}}
  plc: {modbus-tcp: {host: 192.168.1.2}}
"""


def told(folder: Path, devices: str, sectors: str = "aluminium") -> list[Fault]:
    path = write(folder, "devices:\n" + devices, head=HEAD.replace("SECTORS", sectors))
    return [w for w in load_plant(path).warnings if w.code.startswith(("statutory", "installation"))]


def points(device: str, *served: str, area: str = "east", unit: int = 1, rules: str = "{}") -> str:
    each = "".join(
        f"      p{n}: {{name: 点, serves: {role}, modbus: {{address: {n}, type: uint16}}}}\n"
        for n, role in enumerate(served)
    )
    head = f"  {device}:\n    name: 设备\n    connection: plc\n    unit: {unit}\n    area: {area}\n"
    return f"{head}    rules: {rules}\n    points:\n{each}"


WATER = ("mould-water-inlet-pressure", "mould-water-inlet-flow", "mould-water-outlet-temperature")
WATCHED = "{p0: {lo: {limit: 1}}, p1: {lo: {limit: 1}}, p2: {hi: {limit: 9}}}"


def test_a_sector_of_which_nothing_is_connected_is_told_installation_by_installation(tmp_path: Path) -> None:
    found = told(tmp_path, CO, "aluminium, dust")
    assert {fault.code for fault in found} == {"installation-absent"}
    installations = [s.installations for s in Statutes().sectors.values() if s.name.en != "Steel"]
    assert len(found) == sum(map(len, installations))
    assert {(fault.line, fault.column) for fault in found} == {(1, 57), (1, 68)}  # each at its sector


def test_without_a_sector_nothing_is_lacking(tmp_path: Path) -> None:
    assert told(tmp_path, CO, "") == []


def test_an_installation_with_a_gap_names_the_missing_point_with_its_article(tmp_path: Path) -> None:
    found = told(tmp_path, points("water", *WATER[:1], rules="{p0: {lo: {limit: 1}}}"))
    missing = [fault for fault in found if fault.code == "statutory-missing"]
    flow, outlet = missing
    assert "结晶器进水流量”（应急管理部令第10号 第五条，法定）" in flow.text("zh")
    assert "Inlet flow of the mould water' (MEM Order 10, article 5, required by law)" in flow.text("en")
    assert "（推荐，未取得正式清单）" in outlet.text("zh")
    assert "(recommended, official list not obtained)" in outlet.text("en")


def test_devices_of_one_area_complete_each_other_and_those_of_two_do_not(tmp_path: Path) -> None:
    first = points("a", *WATER[:1], rules="{p0: {lo: {limit: 1}}}")
    rest = "{p0: {lo: {limit: 1}}, p1: {hi: {limit: 9}}}"
    together = told(tmp_path, first + points("b", *WATER[1:], unit=2, rules=rest))
    assert "statutory-missing" not in codes(together)
    apart = told(tmp_path, first + points("b", *WATER[1:], unit=2, area="west", rules=rest))
    lacking = [f.text("en") for f in apart if f.code == "statutory-missing"]
    assert sorted(re.findall(r"area: (\w+)", " ".join(lacking))) == ["East", "East", "West"]


def test_of_several_circuits_the_one_that_lacks_a_point_is_told_by_its_count(tmp_path: Path) -> None:
    whole = points("a", *WATER, rules=WATCHED)
    assert "statutory-fewer" not in codes(told(tmp_path, whole + points("b", *WATER, unit=2, rules=WATCHED)))
    half = points("b", *WATER[:1], unit=2, rules="{p0: {lo: {limit: 1}}}")
    flow, outlet = [f for f in told(tmp_path, whole + half) if f.code == "statutory-fewer"]
    assert "there are 2, and of 'Inlet flow of the mould water' only 1 (a.p1; MEM Order 10" in flow.text("en")
    assert "出水温度”只有 1 路（a.p2；" in outlet.text("zh")
    apart = points("b", *WATER[:1], unit=2, area="west", rules="{p0: {lo: {limit: 1}}}")
    assert "statutory-fewer" not in codes(told(tmp_path, whole + apart)), "missing there altogether"


def test_a_recommended_point_that_no_limit_watches_is_told_at_its_device(tmp_path: Path) -> None:
    """One that law asks for is a fault: test_judged.py."""
    assert "statutory-unwatched" not in codes(told(tmp_path, points("water", *WATER, rules=WATCHED)))
    wrong_way = WATCHED.replace("p2: {hi: {limit: 9}}", "p2: {lo: {limit: 9}}")
    [unwatched] = [
        f for f in told(tmp_path, points("water", *WATER, rules=wrong_way)) if f.code == "statutory-unwatched"
    ]
    assert (unwatched.line, unwatched.column) == (7, 3)
    assert "write one of hi, hihi under rules" in unwatched.text("en")


def test_a_word_that_no_sector_knows_is_a_fault_at_its_place(tmp_path: Path) -> None:
    [fault] = faults_of(
        write(tmp_path, "devices:\n" + points("w", "mould-water-flow").replace("    area: east\n", ""))
    )
    assert (fault.code, fault.line, fault.column) == ("serves-unknown-near", 13, 29)


@pytest.mark.parametrize("name", Library((), Findings()).names())
def test_shipped_profiles_serve_only_as_what_a_sector_knows(name: str) -> None:
    profile = Library((), Findings()).get(name, Place(name))
    assert profile is not None
    known = set(Statutes().roles)
    for point in profile.entry.points.values():
        said = {point.serves, *(flag.serves for flag in (point.flags or {}).values())} - {None}
        assert said <= known


def test_what_is_law_names_its_standard_and_clause_and_no_point_stands_twice() -> None:
    sectors = Statutes().sectors.values()
    every = [role for s in sectors for i in s.installations.values() for role in i.points]
    assert sorted(every) == sorted(Statutes().roles)
    for role, point in ((role, Statutes().roles[role].point) for role in every):
        if point.confidence is Confidence.LAW:
            assert point.standard is not None, role
            assert point.clause is not None, role
