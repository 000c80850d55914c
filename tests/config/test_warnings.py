"""What does not keep a plant from starting, and is said all the same."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from config.advice import advise_today
from config.fault import Fault, Findings, InvalidPlant
from config.load import load_plant, load_with_source
from tests.config.texts import CO, HEAD, write

UPLINK = """\
uplinks:
  bureau:
    ministry-http:
      url: https://a
      appid: x
      appsecret: "${credential:secret}"
      sm4: {key: "${env:SM4_KEY}", iv: "${credential:iv}"}
"""


def warnings_of(path: Path) -> list[Fault]:
    """Return the warnings but the one that every CO detector brings along."""
    return [warning for warning in load_plant(path).warnings if warning.code != "profile-caveat"]


def test_what_a_profile_asks_to_be_checked_is_said_once_with_its_devices(tmp_path: Path) -> None:
    body = "devices:\n" + CO + CO.replace("co-1", "co-2").replace("unit: 1", "unit: 2")
    [warning] = load_plant(write(tmp_path, body)).warnings
    assert warning.code == "profile-caveat"
    assert "co-1, co-2" in warning.text("en")
    assert "0 to 1000 ppm" in warning.text("en")
    assert "小数位" in warning.text("zh")
    assert "one decimal" not in warning.text("zh")


def today(path: Path, environ: dict[str, str], day: str = "2026-11-24") -> list[Fault]:
    loaded, findings = load_with_source(path), Findings()
    advise_today(
        loaded.plant, loaded.source, findings, environ=environ, today=datetime.date.fromisoformat(day)
    )
    return [each for each in findings.warnings if each.code != "engineers-unnamed"]


def faults_today(
    path: Path, day: str = "2026-11-24", environ: Mapping[str, str] = MappingProxyType({})
) -> list[Fault]:
    loaded, findings = load_with_source(path), Findings()
    advise_today(
        loaded.plant, loaded.source, findings, environ=environ, today=datetime.date.fromisoformat(day)
    )
    return list(findings.faults)


def test_a_serial_port_by_number_is_warned_of(tmp_path: Path) -> None:
    path = write(tmp_path, "devices:\n" + CO, head=HEAD.replace("/dev/serial/by-id/usb-a", "/dev/ttyUSB0"))
    [warning] = warnings_of(path)
    assert (warning.code, warning.line, warning.severity) == ("port-numbered", 3, "warning")
    assert "提示：" in warning.render()


def test_an_unverified_profile_is_named_once_with_its_devices(tmp_path: Path) -> None:
    body = "devices:\n" + "".join(
        f"  w-{n}: {{name: 水, profile: cooling-water, connection: plc, unit: {n}}}\n" for n in (1, 2)
    )
    [warning] = warnings_of(write(tmp_path, body))
    assert warning.code == "profile-unverified"
    assert "w-1, w-2" in warning.text("zh")


def test_the_same_tag_on_two_devices_is_warned_of(tmp_path: Path) -> None:
    body = "devices:\n" + "".join(
        CO.replace("co-1", f"co-{n}").replace("unit: 1", f"unit: {n}, tag: GT-1") for n in (1, 2)
    )
    assert [w.code for w in warnings_of(write(tmp_path, body))] == ["tag-twice"]


def test_missing_credentials_are_warned_of_where_they_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "devices:\n" + CO + UPLINK)
    warnings = today(path, {})
    assert [(w.line, w.code) for w in warnings] == [
        (13, "credential-missing"),
        (14, "env-missing"),
        (14, "credential-missing"),
    ]


def test_credentials_that_are_there_are_not(tmp_path: Path) -> None:
    path = write(tmp_path, "devices:\n" + CO + UPLINK)
    (tmp_path / "secret").write_text("s\n")
    (tmp_path / "iv").write_text("0" * 32)
    assert today(path, {"CREDENTIALS_DIRECTORY": str(tmp_path), "SM4_KEY": "1" * 32}) == []


def test_an_overdue_calibration_is_warned_of_and_an_approval_that_ran_out_is_a_fault(tmp_path: Path) -> None:
    body = """\
    devices:
      co-1:
        name: 探头
        profile: gas-detector/co
        standard: GB 6222
        connection: line
        unit: 1
        calibration_due: 2026-11-01
        rules:
          concentration:
            hi:
              limit: 30 ppm
              deviation: {reason: 干扰, approved_by: 张工, date: 2026-01-01, until: 2026-06-01}
    """
    path = write(tmp_path, body)
    assert [w.code for w in today(path, {})] == ["calibration-overdue"]
    [expired] = faults_today(path, "2026-06-02")
    assert (expired.code, expired.line, expired.column) == ("deviation-expired", 18, 22)
    assert faults_today(path, "2026-06-01") == []  # the last day is one of the approval
    assert today(path, {}, "2026-03-01") == []


def test_an_mqtt_connection_without_encryption_is_warned_of_unless_it_stays_on_this_machine(
    tmp_path: Path,
) -> None:
    body = "devices:\n" + CO + "uplinks: {far: {mqtt: {host: mqtt.example.com, port: 1883}}}\n"
    assert [w.code for w in warnings_of(write(tmp_path, body))] == ["mqtt-plain"]
    near = body.replace("mqtt.example.com", "127.0.0.1")
    assert warnings_of(write(tmp_path, near)) == []


@pytest.mark.parametrize("topic", ["a/{gateway}", "a/{", "a/#", "a/+/b", "{0}"])
def test_a_topic_that_could_not_be_published_to_is_a_fault(tmp_path: Path, topic: str) -> None:
    uplink = f'uplinks: {{far: {{mqtt: {{host: a, tls: {{}}, topic: "{topic}"}}}}}}\n'
    with pytest.raises(InvalidPlant) as caught:
        load_plant(write(tmp_path, "devices:\n" + CO + uplink))
    assert [fault.code for fault in caught.value.faults] == ["topic-malformed"]


def body_with(unit: str, limit: str = "") -> str:
    rules = f", rules: {{p: {{hi: {{limit: {limit}}}}}}}" if limit else ""
    point = f'{{name: p, unit: "{unit}", range: [0, 10], modbus: {{address: 1, type: uint16}}}}'
    return f"devices:\n  d: {{name: d, connection: plc, unit: 1, points: {{p: {point}}}{rules}}}\n"


@pytest.mark.parametrize(
    ("unit", "nearest"),
    [("mg/m^3", "mg/m3"), ("MPA", "MPa"), ("Kw", "kW"), ("m3/hr", "m3/h"), ("foo", None), ("m3/day", None)],
)
def test_a_unit_that_is_not_known_is_warned_of_where_it_stands(
    tmp_path: Path, unit: str, nearest: str | None
) -> None:
    [warning] = warnings_of(write(tmp_path, body_with(unit)))
    assert (warning.line, warning.column) == (7, 70)
    assert f"'{unit}' is none of the units" in warning.text("en")
    assert ("did you mean" in warning.text("en")) == (nearest is not None)
    assert nearest is None or f"“{nearest}”" in warning.text("zh")


@pytest.mark.parametrize("unit", ["m³/h", "℃", "%", "", "µg/m3"])
def test_a_unit_that_is_known_under_any_spelling_is_not_warned_of(tmp_path: Path, unit: str) -> None:
    assert warnings_of(write(tmp_path, body_with(unit))) == []


def test_a_limit_may_be_in_a_site_s_own_unit_but_not_in_another_unknown_one(tmp_path: Path) -> None:
    assert [w.code for w in warnings_of(write(tmp_path, body_with("foo", "5 foo")))] == ["unit-of-its-own"]
    with pytest.raises(InvalidPlant) as caught:
        load_plant(write(tmp_path, body_with("foo", "5 bar")))
    assert [fault.code for fault in caught.value.faults] == ["unit-unknown"]


def slow_points(period: str) -> str:
    return f"""\
    devices:
      d:
        name: d
        connection: plc
        unit: 1
        period: {period}
        points:
          fast: {{name: f, modbus: {{address: 1, type: uint16}}}}
          near: {{name: n, period: 5 s, modbus: {{address: 2, type: uint16}}}}
          slow: {{name: s, period: 10 s, modbus: {{address: 3, type: uint16}}}}
          daily: {{name: d, period: 24 h, modbus: {{address: 4, type: uint16}}}}
    """


def test_a_period_that_overrules_much_longer_ones_is_warned_of_with_these_points(tmp_path: Path) -> None:
    [warning] = warnings_of(write(tmp_path, slow_points("1 s")))
    assert (warning.code, warning.line, warning.column) == ("period-overruled", 11, 13)
    assert "period of 1 s" in warning.text("en")
    assert ": slow (10 s), daily (86400 s);" in warning.text("en")
    assert "near" not in warning.text()


def test_a_period_as_long_as_the_points_own_is_not_warned_of(tmp_path: Path) -> None:
    assert warnings_of(write(tmp_path, slow_points("24 h"))) == []


def test_a_period_that_overrules_a_much_longer_one_of_the_profile_is_warned_of(tmp_path: Path) -> None:
    profile = tmp_path / "slow.yaml"
    profile.write_text(
        "name: {zh: 慢, en: slow}\nperiod: 1 min\n"
        "points:\n  p: {name: {zh: 点, en: p}, modbus: {address: 1, type: uint16}}\n"
    )
    body = "devices:\n  d: {name: d, profile: slow, connection: plc, unit: 1, period: 2 s}\n"
    warnings = load_plant(write(tmp_path, body), profile_dirs=(tmp_path,)).warnings
    assert [w.fields["points"] for w in warnings if w.code == "period-overruled"] == [["p (60 s)"]]


HJ212 = """\
uplinks:
  environment:
    hj212: {host: a, port: 9000, mn: M1, st: "31", password: "${env:PW}"}
    codes: codes.csv
"""


def test_a_password_on_this_machine_that_cannot_be_right_is_told_without_its_value(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("point,code\nco-1.concentration,a21005\n")
    path = write(tmp_path, "devices:\n" + CO + HJ212)
    [warning] = faults_today(path, environ={"PW": "12345"})
    assert (warning.code, warning.line, warning.severity) == ("password-unfit", 10, "fault")
    assert "12345" not in warning.text()
    assert faults_today(path, environ={"PW": "123456"}) == []


@pytest.mark.parametrize("port", ["/dev/ttyACM1", "/dev/ttyXRUSB0", "/dev/ttyCH343USB2"])
def test_a_port_that_a_makers_own_driver_numbers_is_warned_of_too(tmp_path: Path, port: str) -> None:
    path = write(tmp_path, "devices:\n" + CO, head=HEAD.replace("/dev/serial/by-id/usb-a", port))
    assert [warning.code for warning in warnings_of(path)] == ["port-numbered"]


@pytest.mark.parametrize("port", ["/dev/ttyS0", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"])
def test_a_port_that_keeps_its_name_is_not_warned_of(tmp_path: Path, port: str) -> None:
    path = write(tmp_path, "devices:\n" + CO, head=HEAD.replace("/dev/serial/by-id/usb-a", port))
    assert warnings_of(path) == []


def test_a_dtu_without_a_registration_is_warned_of_unless_only_this_machine_may_dial_in(
    tmp_path: Path,
) -> None:
    for address, told in (("0.0.0.0", ["dtu-unregistered"]), ("127.0.0.1", [])):
        line = f'  line: {{modbus-dtu: {{listen: "{address}:6001"}}}}'
        head = HEAD.replace("  line: {modbus-rtu: {port: /dev/serial/by-id/usb-a}}", line)
        path = write(tmp_path, "devices:\n" + CO, head=head)
        assert [warning.code for warning in warnings_of(path)] == told


@pytest.mark.parametrize(("key", "length"), [("0123", "4"), ("0" * 31, "31")])
def test_a_key_on_this_machine_that_cannot_be_right_is_told_by_its_length(
    tmp_path: Path, key: str, length: str
) -> None:
    path = write(tmp_path, "devices:\n" + CO + UPLINK.replace("${credential:iv}", "${env:IV}"))
    found = faults_today(path, environ={"SM4_KEY": "JeF8U9wHFOMfs2Y8", "IV": key})
    [warning] = [warning for warning in found if warning.code == "key-unfit"]
    assert (warning.line, warning.column, warning.severity) == (14, 40, "fault")
    assert f"has {length} characters" in warning.text("en")
    assert key not in warning.text().replace(f"{length} ", "")
