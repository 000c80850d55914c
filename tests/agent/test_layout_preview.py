"""`edge-agent layout preview`: the bytes that a platform would get, on a laptop without the secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from simulator.bureau.envelope import Credentials, decrypt
from tests.config.texts import CO, write

DEMO = str(Path(__file__).parents[2] / "config" / "plants" / "demo.yaml")
ZEROES = Credentials("PLACEHOLDER", "", "0" * 32, "0" * 32)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["layout", "preview", DEMO, *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_is_posted_is_the_body_in_its_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "bureau", "--kind", "alarm")
    assert set(found["placeholders"]) == {"appid", "appsecret", "sm4-key", "sm4-iv"}
    [message] = found["messages"]
    [wire] = message["sent"]
    assert wire["to"] == "POST https://platform.example.invalid/api/push"
    assert decrypt(json.loads(wire["bytes"])["data"], ZEROES).decode() == message["body"]
    assert json.loads(message["body"])["reportType"] == "alarm"


def test_how_a_result_is_asked_for_is_shown_behind_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    *_, asked = shown(capsys, "bureau")["messages"]
    [wire] = asked["sent"]
    assert asked["kind"] == "result"
    assert wire["to"] == "POST https://platform.example.invalid/api/result"
    assert decrypt(json.loads(wire["bytes"])["data"], ZEROES).decode() == asked["body"]
    assert set(json.loads(asked["body"])) == {"dataId", "receipt"}
    assert [each["kind"] for each in shown(capsys, "county")["messages"]][-1] != "result"


def test_every_kind_is_shown_or_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "environment")
    kinds = {message["kind"]: message for message in found["messages"]}
    assert kinds["alarm"]["left_out"]["en"] == "the protocol has no command for alarms"
    frame = kinds["reading"]["sent"][0]["bytes"]
    assert frame.startswith("##")
    assert "PW=******" in frame
    assert frame.endswith("&&****\r\n"), "a CRC would let six digits be tried"
    assert kinds["heartbeat"]["sent"] == []


@pytest.mark.parametrize("uplink", ["bureau", "county"])
def test_each_kind_says_all_that_a_message_of_it_can(uplink: str, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = {each["kind"]: json.loads(each["body"]) for each in shown(capsys, uplink)["messages"]}
    alarm, update, end, handling = (
        kinds[kind]["alarms"][0] for kind in ("alarm", "alarm-update", "alarm-end", "handling")
    )
    assert len({each["id"] for each in (alarm, update, end, handling)}) == 1, "one alarm's life"
    for each in (alarm, update, end, handling):
        assert each["point"]
        assert each["code"]
        assert each["limit"] is not None
    assert end["since_ns"] == end["utc_ns"] - 300 * 10**9
    assert (handling["event"], bool(handling["by"]), bool(handling["reason"])) == ("acknowledged", True, True)
    [state], [gap] = kinds["state"]["events"], kinds["gap"]["events"]
    assert {"point", "code", "by", "reason", "until_ns"} <= set(state)
    assert {"cause", "from_ns", "to_ns", "text"} <= set(gap)


def test_the_topic_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    [message] = shown(capsys, "county", "--kind", "gap")["messages"]
    assert message["sent"][0]["to"] == "PUBLISH edge/YC-DEMO-0001/event (QoS 1)"
    assert json.loads(message["body"])["events"][0]["cause"] == "restart"


def test_people_see_each_message_and_what_stands_for_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "preview", DEMO, "bureau", "--kind", "heartbeat"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "appid" in lines[0]
    assert "# heartbeat" in lines
    assert any(line.startswith("# -> POST") for line in lines)


def test_an_uplink_that_is_not_there_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "preview", DEMO, "burau"]) == 2
    assert "bureau, county, environment" in capsys.readouterr().err


def test_a_faulty_plant_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "preview", str(tmp_path / "none.yaml"), "bureau"]) == 3
    assert "none.yaml:1:1" in capsys.readouterr().err


def test_snapshots_are_shown_with_their_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    county = "    mqtt: {host: 127.0.0.1}\n    layout: json-snapshot\n    readings: {snapshot: 30 s}\n"
    plant = write(tmp_path, "devices:\n" + CO + "uplinks:\n  county:\n" + county)
    assert main(["layout", "preview", str(plant), "county", "--kind", "reading", "--json"]) == 0
    [message] = json.loads(capsys.readouterr().out)["messages"]
    [first, *_] = json.loads(message["body"])["readings"]
    assert first["end_ns"] - first["begin_ns"] == 30 * 10**9
    assert (first["min"], first["max"], first["count"]) == (first["value"], first["value"], 1)
