"""Every broken plant file in tests/fixtures/plants, against the faults that it announces itself.

A fixture ends with lines `# => [file:]line:column code`, in the order in which the
faults are told. All of them, and nothing else, must be found in one run.
"""

import re
from pathlib import Path

import pytest

from config.fault import Fault
from config.messages import CATALOGUE
from tests.config.texts import codes, faults_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
BROKEN = sorted((FIXTURES / "plants").glob("*.yaml"))
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
