"""The keys of an MQTT uplink: which version is spoken, and under which name."""

from pathlib import Path

import pytest

from config.fault import InvalidPlant
from config.load import load_plant
from tests.config.test_warnings import warnings_of
from tests.config.texts import CO, faults_of, write


def test_mqtt_3_1_1_is_warned_of_with_what_it_costs(tmp_path: Path) -> None:
    body = "devices:\n" + CO + "uplinks:\n  county:\n    mqtt:\n      host: 127.0.0.1\n      version: 3.1.1\n"
    [warning] = warnings_of(write(tmp_path, body))
    assert (warning.code, warning.line) == ("mqtt-refusals-unseen", 12)
    assert "counts as delivered here and is missing there" in warning.text("en")
    assert "write version: 5" in warning.text("en")
    assert "平台缺数而无人知晓" in warning.text("zh")


@pytest.mark.parametrize("version", ["", "version: 5", "version: 5.0", 'version: "5"'])
def test_mqtt_5_however_it_is_written_is_not(tmp_path: Path, version: str) -> None:
    body = f"devices:\n{CO}uplinks:\n  county:\n    mqtt: {{host: 127.0.0.1, {version}}}\n"
    path = write(tmp_path, body)
    assert warnings_of(path) == []
    mqtt = load_plant(path).uplinks["county"].mqtt
    assert mqtt is not None
    assert mqtt.version == "5"


def test_another_version_of_mqtt_is_a_fault_that_names_those_there_are(tmp_path: Path) -> None:
    body = "devices:\n" + CO + "uplinks:\n  county:\n    mqtt: {host: 127.0.0.1, version: 3.1}\n"
    with pytest.raises(InvalidPlant) as refused:
        load_plant(write(tmp_path, body))
    [fault] = refused.value.faults
    assert "5" in fault.text("en")
    assert "3.1.1" in fault.text("en")


def two_uplinks(folder: Path, second: str) -> Path:
    first = "{host: broker, client_id: gw-7}"
    return write(folder, f"devices:\n{CO}uplinks:\n  a: {{mqtt: {first}}}\n  b: {{mqtt: {second}}}\n")


def test_a_client_id_that_two_have_at_one_broker_is_a_fault(tmp_path: Path) -> None:
    [fault] = faults_of(two_uplinks(tmp_path, "{host: broker, client_id: gw-7}"))
    assert fault.code == "client-id-twice"
    assert "a has the client_id 'gw-7' too" in fault.text("en")
    assert "互相挤掉线" in fault.text("zh")


@pytest.mark.parametrize(
    "second", ["{host: other, client_id: gw-7}", "{host: broker, client_id: gw-8}", "{host: broker}"]
)
def test_at_another_broker_or_unsaid_it_is_not(tmp_path: Path, second: str) -> None:
    assert faults_of(two_uplinks(tmp_path, second)) == []
