"""Which standard holds: said by the plant file, never taken silently."""

from pathlib import Path

import pytest

from config.model import Confidence
from tests.config.texts import CO, codes, faults_of, load, write

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


LAW = ["GB 6222-2005 law 24", "GB 6222-2005 law 160"]
OEL = ["GB/T 50493-2019 recommended 16", "GB/T 50493-2019 recommended 32.01"]


@pytest.mark.parametrize(
    ("profile", "standard", "limits"),
    [
        ("gas-detector/co", "GB 6222", LAW),
        ("gas-detector/co", "GB/T 50493", OEL),  # 20 and 40 mg/m3 at 0 °C
        ("greystone-cmd5b4", "GB 6222", LAW),
        ("greystone-cmd5b4", "GB/T 50493", OEL),
        ("pem-tech-pt495/co", "GB 6222", LAW),
        ("pem-tech-pt495/co", "GB/T 50493", OEL),
        ("gas-detector/combustible", "GB 6222", [" recommended 10", " recommended 50"]),
        ("gas-detector/h2s", "GB 6222", [" recommended 6", " recommended 20"]),
        (
            "gas-detector/h2s",
            "GB/T 50493",
            ["GB/T 50493-2019 recommended 6.577", "GB/T 50493-2019 recommended 13.15"],
        ),
        (
            "gas-detector/cl2",
            "GB/T 50493",
            ["GB/T 50493-2019 recommended 0.3161", "GB/T 50493-2019 recommended 0.6322"],
        ),
    ],
)
def test_a_gas_has_the_same_limits_whichever_detector_reads_it(
    tmp_path: Path, profile: str, standard: str, limits: list[str]
) -> None:
    body = CO.replace("gas-detector/co", profile).replace("GB 6222", standard)
    rules = load(tmp_path, "devices:\n" + body).devices["co-1"].rules
    found = [f"{r.clause.standard} {r.clause.confidence.value} {r.limit:.4g}" for r in rules]
    assert sorted(found) == sorted(limits)


MAPPED = """\
devices:
  plc-co:
    name: 煤气柜 CO / CO at the gas holder
    connection: plc
    unit: 1
    STANDARD
    points:
      p1:
        name: 浓度
        unit: ppm
        range: [0, 1000]
        serves: co-concentration
        modbus: {address: 0, type: uint16}
    rules: RULES
"""


def mapped(standard: str = "standard: GB 6222", rules: str = "{}") -> str:
    return MAPPED.replace("STANDARD", standard).replace("RULES", rules)


def test_a_point_of_the_plants_own_map_that_serves_has_the_standards_limits_too(tmp_path: Path) -> None:
    hi, hihi = sorted(load(tmp_path, mapped()).devices["plc-co"].rules, key=lambda rule: rule.limit)
    assert (hi.id, hi.limit, hi.clause.confidence) == ("plc-co.p1.hi", 24, Confidence.LAW)
    assert (hihi.limit, hihi.clause.standard) == (160, "GB 6222-2005")


def test_and_is_judged_by_them(tmp_path: Path) -> None:
    laxer = mapped(rules="{p1: {hi: {limit: 50 ppm, on_delay: 30 s}}}")
    assert codes(faults_of(write(tmp_path, laxer))) == ["laxer-limit", "laxer-on_delay"]
    approved = "{reason: 干扰, approved_by: 张工, date: 2026-01-01, until: 2026-12-31}"
    allowed = mapped(rules=f"{{p1: {{hi: {{limit: 50 ppm, deviation: {approved}}}}}}}")
    assert faults_of(write(tmp_path, allowed)) == []


def test_the_standards_own_figures_in_another_unit_are_no_laxer(tmp_path: Path) -> None:
    """GB 6222 says 30 and 200 mg/m³; converted, they come out a little above 24 and 160 ppm."""
    head = CO.replace("GB 6222}", "GB 6222, rules: {concentration: ")
    own = "devices:\n" + head.rstrip() + " {hi: {limit: 30 mg/m3}, hihi: {limit: 200 mg/m3}}}}\n"
    assert faults_of(write(tmp_path, own)) == []
    more = own.replace("30 mg/m3", "31 mg/m3")
    assert codes(faults_of(write(tmp_path, more))) == ["laxer-limit"]


def test_an_approval_ends_after_it_was_given(tmp_path: Path) -> None:
    ends_first = "{reason: 干扰, approved_by: 张工, date: 2026-11-01, until: 2026-10-01}"
    written = mapped(rules=f"{{p1: {{hi: {{limit: 50 ppm, deviation: {ends_first}}}}}}}")
    assert "deviation-ends-first" in codes(faults_of(write(tmp_path, written)))


def test_and_must_say_which_of_them_holds(tmp_path: Path) -> None:
    [fault] = faults_of(write(tmp_path, mapped(standard="")))
    assert fault.code == "standard-not-chosen"
    assert "GB 6222 (p1 hihi 160 ppm, p1 hi 24 ppm)" in fault.text("en")
    assert codes(faults_of(write(tmp_path, mapped(standard="standard: GB 6223")))) == [
        "standard-unknown-near"
    ]
