"""What `check` says of a platform without alarms: which passed limits it can see by the values."""

from pathlib import Path

import pytest

from config.fault import Fault
from config.load import load_plant
from tests.config.texts import CO, write

CO_2 = CO.replace("co-1", "co-2").replace("unit: 1", "unit: 2")
CODES = "point,code\nco-1.concentration,a21005\nco-2.concentration,a21006\n"
HJ212 = """\
uplinks:
  environment:
    hj212: {host: a, port: 9000, mn: M1, st: "31", password: "${env:PW}"}
    codes: codes.csv
    readings: READINGS
"""
OURS = "limits-hj212", "limits-unsent", "peaks-unseen"


def told(folder: Path, *, readings: str = "all", codes: str = CODES) -> dict[str, Fault]:
    (folder / "codes.csv").write_text(codes)
    plant = load_plant(write(folder, "devices:\n" + CO + CO_2 + HJ212.replace("READINGS", readings)))
    return {warning.code: warning for warning in plant.warnings if warning.code in OURS}


def test_a_value_beyond_a_limit_goes_like_any_other_and_that_is_said(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert list(found) == ["limits-hj212"]
    warning = found["limits-hj212"]
    assert warning.fields == {"uplink": "environment", "points": 2}
    assert "T is beyond the measuring range, not a limit" in warning.text("en")
    assert "T 表示超出量程，不是超限" in warning.text("zh")


@pytest.mark.parametrize(
    ("readings", "codes"),
    [("all", CODES.replace("a21005", "")), ("{points: [co-2]}", CODES)],
    ids=["no code", "not asked for"],
)
def test_a_point_with_limits_that_does_not_go_is_named(readings: str, codes: str, tmp_path: Path) -> None:
    found = told(tmp_path, readings=readings, codes=codes)
    assert found["limits-unsent"].fields["points"] == ("co-1.concentration",)
    assert found["limits-hj212"].fields["points"] == 1


def test_what_happens_within_a_window_is_not_seen(tmp_path: Path) -> None:
    assert "snapshot every 30 s" in told(tmp_path, readings="{snapshot: 30 s}")["peaks-unseen"].text("en")


def test_a_platform_with_alarms_needs_no_such_word(tmp_path: Path) -> None:
    county = "uplinks:\n  county:\n    mqtt: {host: 127.0.0.1}\n    readings: {snapshot: 30 s}\n"
    plant = load_plant(write(tmp_path, "devices:\n" + CO + county))
    assert [warning.code for warning in plant.warnings if warning.code in OURS] == []
