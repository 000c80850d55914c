"""OPC UA in a plant file: security, users, nodes, deadbands."""

import datetime
from pathlib import Path

import pytest

from config.advice import advise_today
from config.fault import Findings
from config.load import load_plant, load_with_source
from config.opcua_link import OpcUa
from config.source import NodeSource
from tests.config.texts import codes, faults_of

HEAD = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections:
"""
DEVICE = """\
devices:
  tilt-1:
    name: 炉
    connection: ua
    rules: {tilt: {hi: {limit: 40 °, deadband: 0.5 °}}}
    points:
      tilt: {name: 倾角, unit: °, range: [0, 50], opcua: %s}
"""
SECURED = "security: Basic256Sha256/SignAndEncrypt"


def write(
    folder: Path, settings: str = "", point: str = "{id: ns=2;s=tilt}", host: str = "192.168.1.3:4840"
) -> Path:
    path = folder / "plant.yaml"
    connection = f'  ua: {{opcua: {{endpoint: "opc.tcp://{host}", {settings}}}}}\n'
    path.write_text(HEAD + connection + DEVICE % point, encoding="utf-8")
    return path


def settings_of(path: Path) -> OpcUa:
    settings = load_plant(path).connections["ua"]
    assert isinstance(settings, OpcUa)
    return settings


def node_of(path: Path) -> NodeSource:
    [point] = load_plant(path).points
    assert isinstance(point.source, NodeSource)
    return point.source


def warnings_of(path: Path) -> list[str]:
    return [warning.code for warning in load_plant(path).warnings]


@pytest.mark.parametrize(
    ("security", "policy", "secured", "encrypts"),
    [
        ("None", "None", False, False),
        ("Basic256Sha256/Sign", "Basic256Sha256", True, False),
        ("Aes256Sha256RsaPss/SignAndEncrypt", "Aes256Sha256RsaPss", True, True),
    ],
)
def test_security_is_a_policy_and_a_mode(
    tmp_path: Path, security: str, policy: str, secured: bool, encrypts: bool
) -> None:
    settings = settings_of(write(tmp_path, f"security: {security}"))
    assert (settings.policy, settings.is_secured, settings.encrypts) == (policy, secured, encrypts)


@pytest.mark.parametrize("security", ["Basic256/Sign", "Basic128Rsa15/Sign", "Basic256Sha256", "none"])
def test_withdrawn_and_unknown_policies_are_refused_with_those_there_are(
    tmp_path: Path, security: str
) -> None:
    [fault] = faults_of(write(tmp_path, f"security: {security}"))
    assert fault.code.startswith("not-one-of")
    assert "Basic256Sha256/SignAndEncrypt" in fault.text("en")


def test_a_plain_connection_beyond_this_machine_is_warned_of(tmp_path: Path) -> None:
    assert warnings_of(write(tmp_path)) == ["opcua-plain"]
    assert warnings_of(write(tmp_path, host="plc.example")) == ["opcua-plain"]
    assert warnings_of(write(tmp_path, host="127.0.0.1")) == []
    assert warnings_of(write(tmp_path, host="localhost")) == []
    assert warnings_of(write(tmp_path, SECURED)) == []


def test_a_password_in_the_file_is_refused_and_a_reference_is_not(tmp_path: Path) -> None:
    [fault] = faults_of(write(tmp_path, SECURED + ", user: {name: op, password: geheim}"))
    assert (fault.code, fault.line, fault.fields["key"]) == ("secret-in-file", 3, "password")
    good = write(tmp_path, SECURED + ', user: {name: op, password: "${credential:plc}"}')
    user = settings_of(good).user
    assert user is not None
    assert user.password == "${credential:plc}"


def test_the_key_of_a_user_certificate_is_a_secret_too(tmp_path: Path) -> None:
    (tmp_path / "op.der").touch()
    [fault] = faults_of(write(tmp_path, SECURED + ", user: {certificate: op.der, key: op.pem}"))
    assert (fault.code, fault.fields["key"]) == ("secret-in-file", "key")


@pytest.mark.parametrize(
    "user",
    ["{name: op}", '{password: "${env:A}"}', '{name: op, key: "${env:A}"}', "{certificate: op.der}", "{}"],
)
def test_half_a_user_is_refused(tmp_path: Path, user: str) -> None:
    assert codes(faults_of(write(tmp_path, f"user: {user}"))) == ["opcua-user-incomplete"]


def test_user_and_password_in_the_address_are_refused(tmp_path: Path) -> None:
    faults = faults_of(write(tmp_path, host="op:geheim@192.168.1.3:4840"))
    assert codes(faults) == ["endpoint-with-user"]
    assert "geheim" not in faults[0].text()


@pytest.mark.parametrize("host", ["192.168.1.3:99999", "192.168.1.3:0", "plc:abc", "plc:-1", "[::1"])
def test_an_address_that_cannot_be_dialled_is_a_fault_of_the_file(tmp_path: Path, host: str) -> None:
    assert codes(faults_of(write(tmp_path, host=host))) == ["endpoint-wrong"]


def test_files_stand_beside_the_plant_file_and_must_be_there(tmp_path: Path) -> None:
    path = write(tmp_path, "trusted: plc.der")
    [fault] = faults_of(path)
    assert (fault.code, fault.fields["file"]) == ("certificate-file-missing", str(tmp_path / "plc.der"))
    (tmp_path / "plc.der").touch()
    assert settings_of(path).trusted == str(tmp_path / "plc.der")


def test_a_missing_password_is_a_warning_on_a_laptop(tmp_path: Path) -> None:
    loaded = load_with_source(write(tmp_path, SECURED + ', user: {name: op, password: "${credential:plc}"}'))
    findings = Findings()
    advise_today(loaded.plant, loaded.source, findings, environ={}, today=datetime.date(2026, 11, 24))
    [warning] = findings.warnings
    assert warning.code == "credential-missing-connection"
    assert "log in" in warning.text("en")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("{id: ns=2;s=tilt}", "ns=2;s=tilt"),
        ('{id: "nsu=http://a/b;s=tilt"}', "nsu=http://a/b;s=tilt"),
        ("{name: tilt}", "ns=2;s=tilt-1.tilt"),
        ('{name: tilt, namespace: "http://a/b"}', "nsu=http://a/b;s=tilt-1.tilt"),
        ('{path: "2:PLC/3:Tilt"}', "/2:PLC/3:Tilt"),
        ('{path: Objects/PLC/Tilt, namespace: "http://a/b"}', "/nsu=http://a/b;PLC/nsu=http://a/b;Tilt"),
    ],
)
def test_a_node_is_named_in_one_of_three_ways(tmp_path: Path, written: str, address: str) -> None:
    assert node_of(write(tmp_path, point=written)).node_id == address


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{id: ns=2;s=tilt, name: tilt}", "node-id-or-name"),
        ("{namespace: 2}", "node-id-or-name"),
        ("{id: tilt}", "node-id-wrong"),
        ('{path: "2:PLC//Tilt"}', "browse-path-wrong"),
        ("{name: tilt, namespace: 65536}", "namespace-wrong"),
        ("{name: tilt, deadband: 1 °, deadband_percent: 1}", "deadband-twice"),
        ("{name: tilt, deadband: 1 bar}", "unit-other-dimension"),
        ("{name: tilt, deadband: 1}", "unit-missing"),
        ("{name: tilt, deadband: -1 °}", "deadband-negative"),
        ("{name: tilt, index: -1}", "too-small"),
    ],
)
def test_what_is_wrong_with_a_node_is_told(tmp_path: Path, written: str, code: str) -> None:
    assert codes(faults_of(write(tmp_path, point=written))) == [code]


def test_how_a_node_is_watched_stands_at_the_connection_and_at_the_point(tmp_path: Path) -> None:
    settings = "sampling_interval: 200 ms, queue_size: 3, deadband_percent: 0.5"
    node = node_of(write(tmp_path, settings))
    assert (node.sampling_s, node.queue_size, node.deadband) == (0.2, 3, 0.25)
    own = "{name: tilt, sampling_interval: 50 ms, queue_size: 7, deadband: 0.1 °, index: 4}"
    node = node_of(write(tmp_path, settings, own))
    assert (node.sampling_s, node.queue_size, node.deadband, node.index) == (0.05, 7, 0.1, 4)


def test_a_percentage_needs_a_measuring_range(tmp_path: Path) -> None:
    path = write(tmp_path, point="{name: tilt, deadband_percent: 1}")
    path.write_text(path.read_text().replace("range: [0, 50], ", ""))
    assert codes(faults_of(path)) == ["deadband-without-range"]


def test_a_deadband_wider_than_the_limits_own_is_warned_of(tmp_path: Path) -> None:
    assert warnings_of(write(tmp_path, SECURED, "{name: tilt, deadband: 0.5 °}")) == []
    path = write(tmp_path, SECURED, "{name: tilt, deadband: 0.6 °}")
    [warning] = load_plant(path).warnings
    assert (warning.code, warning.fields["rule"]) == ("deadband-hides-limit", "tilt-1.tilt.hi")
    assert warnings_of(write(tmp_path, SECURED + ", mode: poll", "{name: tilt, deadband: 0.6 °}")) == []


def test_two_elements_of_an_array_are_two_points_and_one_element_twice_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path, point="{id: ns=2;s=a, index: 0}")
    second = "      other: {name: 倾角, unit: °, opcua: {id: ns=2;s=a, index: %d}}\n"
    text = path.read_text()
    path.write_text(text + second % 1)
    assert faults_of(path) == []
    path.write_text(text + second % 0)
    assert codes(faults_of(path)) == ["nodes-twice"]
