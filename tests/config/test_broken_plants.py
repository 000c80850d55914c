"""Every broken plant file in tests/fixtures/plants, against the faults that it announces itself.

A fixture ends with lines `# => [file:]line:column code`, in the order in which the
faults are told. All of them, and nothing else, must be found in one run.
"""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.fault import Fault
from config.library import SHIPPED
from config.messages import CATALOGUE
from tests.config.texts import CO, codes, faults_of, write

FIXTURES = Path(__file__).parent.parent / "fixtures"
BROKEN = sorted((FIXTURES / "plants").glob("*.yaml"))
DEMO = SHIPPED.parent / "plants" / "demo.yaml"
MANGLING = [
    "",
    "\n",
    "  ",
    "\t",
    ":",
    "：",
    "{",
    "}",
    "[",
    "]",
    '"',
    "&a",
    "*a",
    "<<: ",
    "null",
    "-1",
    "x: 1",
    "!!int ",
]
ANNOUNCED = re.compile(rb"^# => (\S+ \S+)$", re.MULTILINE)


def told(fault: Fault, plant: Path) -> str:
    where = "" if fault.file == str(plant) else f"{Path(fault.file).name}:"
    return f"{where}{fault.line}:{fault.column} {fault.code}"


@pytest.mark.parametrize("plant", BROKEN, ids=lambda path: path.stem)
def test_all_faults_of_a_file_are_told_at_once_each_at_its_place(plant: Path) -> None:
    faults = faults_of(plant, profile_dirs=(FIXTURES / "profiles",))
    assert [told(fault, plant) for fault in faults] == [
        m.decode() for m in ANNOUNCED.findall(plant.read_bytes())
    ]


@pytest.mark.parametrize("plant", BROKEN, ids=lambda path: path.stem)
def test_each_sentence_names_the_place_and_the_mend_in_both_languages(plant: Path) -> None:
    for fault in faults_of(plant, profile_dirs=(FIXTURES / "profiles",)):
        zh, en = fault.text("zh"), fault.text("en")
        assert "；" in zh, zh
        assert ";" in en or "?" in en, en
        assert fault.render() == f"{fault.file}:{fault.line}:{fault.column}: {zh} / {en}"


def test_a_missing_file_is_a_fault_at_its_first_line(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path / "nowhere.yaml")
    assert (fault.line, fault.column, fault.code) == (1, 1, "file-missing")


def test_a_folder_is_no_plant_file(tmp_path: Path) -> None:
    assert codes(faults_of(tmp_path)) == ["file-is-folder"]


def test_a_control_character_is_told_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text("plant:\n  id: a\x07b\n")
    [fault] = faults_of(path)
    assert (fault.line, fault.column, fault.code) == (2, 8, "yaml-character")


def test_aliases_that_unfold_to_billions_are_refused_quickly(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    assert "yaml-alias-endless" in codes(faults_of(path))


def test_every_fault_that_the_code_can_tell_has_its_sentence() -> None:
    room = Path(__file__).parent.parent.parent / "config"
    texts = "".join(
        path.read_text(encoding="utf-8") for path in room.glob("*.py") if "words" not in path.name
    )
    used = set(re.findall(r'(?:fault|warn|tell)\(\s*[^"()]*(?:\([^()]*\))?[^"()]*"([a-z][a-z-]+)"', texts))
    used |= set(re.findall(r'Objection\("([a-z-]+)"', texts))
    assert used
    assert {code for code in used if code not in CATALOGUE and f"{code}-near" not in CATALOGUE} == set()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_both_languages_of_a_sentence_use_the_same_fields(code: str) -> None:
    zh, en = (set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text)) for text in CATALOGUE[code])
    assert zh == en


def test_nesting_that_would_break_the_parser_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 200_000 + "]" * 200_000)
    [fault] = faults_of(path)
    assert (fault.line, fault.column, fault.code) == (1, 53, "yaml-too-deep")


def test_a_number_that_is_longer_than_any_number_is_text(tmp_path: Path) -> None:
    path = write(tmp_path, "devices:\n" + CO.replace("unit: 1", "unit: " + "9" * 5000))
    [fault] = faults_of(path)
    assert fault.code == "not-a-whole-number"
    assert len(fault.text("zh")) < 300


def test_a_faulty_device_does_not_make_its_rows_of_the_code_file_faulty(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("point,code\nco-1.concentration,1\n")
    uplinks = "uplinks: {county: {mqtt: {host: a}, codes: codes.csv}}\n"
    body = "devices:\n" + CO.replace("gas-detector/co", "gas-detector/nh3") + uplinks
    assert codes(faults_of(write(tmp_path, body))) == ["profile-unknown-near"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_however_a_plant_file_is_mangled_it_is_a_plant_or_has_faults_with_places(
    tmp_path: Path, data: st.DataObject
) -> None:
    text = DEMO.read_text(encoding="utf-8").replace("codes: demo-codes.csv", "")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        cut = data.draw(st.integers(0, 20))
        text = text[:at] + data.draw(st.sampled_from(MANGLING)) + text[at + cut :]
    path = tmp_path / "mangled.yaml"
    path.write_text(text, encoding="utf-8")
    lines = text.count("\n") + 2
    for fault in faults_of(path):
        assert fault.render()
        if fault.file == str(path):
            assert 1 <= fault.line <= lines
