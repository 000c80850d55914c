"""Which standard holds: said by the plant file, never taken silently."""

from pathlib import Path

from tests.config.texts import CO, codes, faults_of, write

UNSAID = CO.replace(", standard: GB 6222", "")


def test_where_two_standards_differ_the_device_must_name_one_and_is_shown_both(tmp_path: Path) -> None:
    [fault] = faults_of(write(tmp_path, "devices:\n" + UNSAID))
    assert (fault.line, fault.column, fault.code) == (7, 3, "standard-not-chosen")
    for text in (fault.text("zh"), fault.text("en")):
        assert "GB 6222 (concentration hihi 160 ppm, concentration hi 24 ppm)" in text
        assert "GB/T 50493 (concentration hihi 40 mg/m3, concentration hi 20 mg/m3)" in text


def test_a_limit_is_not_called_laxer_than_a_standard_that_nobody_chose(tmp_path: Path) -> None:
    laxer = UNSAID.replace("unit: 1", "unit: 1, rules: {concentration: {hi: {limit: 40 ppm}}}")
    assert codes(faults_of(write(tmp_path, "devices:\n" + laxer))) == ["standard-not-chosen"]


def test_a_limit_that_only_the_standards_know_is_not_missing_as_well(tmp_path: Path) -> None:
    delayed = UNSAID.replace("unit: 1", "unit: 1, rules: {concentration: {hi: {on_delay: 2 s}}}")
    assert codes(faults_of(write(tmp_path, "devices:\n" + delayed))) == ["standard-not-chosen"]


def test_a_standard_of_a_profile_that_knows_none_is_a_fault(tmp_path: Path) -> None:
    body = "devices:\n  w: {name: 水, profile: cooling-water, connection: plc, unit: 1, standard: GB 6222}\n"
    assert codes(faults_of(write(tmp_path, body))) == ["standard-unknown"]
