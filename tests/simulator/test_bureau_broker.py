"""mosquitto and the platform's consumer, end to end, through a kill in the middle."""

import asyncio
import json
import socket
import uuid
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.bureau_parts import readings_message, running
from tests.support.require import require
from tests.support.waiting import until


def plain_message(seq: int, value: float) -> bytes:
    reading = {"point": "co-12.concentration", "value": value, "quality": "good", "utc_ns": seq, "seq": seq}
    return json.dumps(
        {
            "id": str(uuid.uuid4()),
            "plant": "P-1",
            "gateway": "gw-1",
            "number": seq,
            "kind": "report",
            "durable": True,
            "records": {"epoch": 1, "lane": "reading", "first": seq, "last": seq},
            "readings": [reading | {"index": 0}],
            "alarms": [],
            "events": [],
        }
    ).encode()


async def publish(port: int, *payloads: bytes) -> None:
    """Publish at QoS 1 with a blocking client, as somebody else's gateway might."""
    await asyncio.to_thread(_publish, port, payloads)


def _publish(port: int, payloads: tuple[bytes, ...]) -> None:
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for payload in payloads:
        client.publish("edge/P-1/reading", payload, qos=1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


async def test_without_mosquitto_the_destination_is_absent_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.bureau.platform.find_mosquitto", lambda: None)
    async with running(tmp_path, broker=True) as platform:
        assert "mosquitto is not installed" in platform.overlay["county"]["absent"]
        assert (await platform.post(readings_message(1.0))).status_code == 200


async def test_what_a_gateway_publishes_is_in_the_books(tmp_path: Path) -> None:
    require("mosquitto")
    async with running(tmp_path, broker=True) as platform:
        assert platform.mqtt_port is not None
        await publish(platform.mqtt_port, plain_message(1, 3.5), plain_message(2, 4.5), b"no json")
        await until(lambda: "undecodable" in platform.ledger.attempts().get("county", {}))

        assert platform.ledger.totals()["county"]["readings"] == 2
        assert platform.ledger.attempts()["county"] == {"stored": 2, "undecodable": 1}


async def test_a_killed_broker_refuses_and_comes_back_with_the_consumer_subscribed(tmp_path: Path) -> None:
    require("mosquitto")
    outage = Event(at=0.3, until=0.6, target=Target.PLATFORM, id="county", do="outage")
    async with running(tmp_path, broker=True, events=(outage,), length_s=4.0) as platform:
        port = platform.mqtt_port
        assert port is not None
        await publish(port, plain_message(1, 3.5))

        await until(lambda: _refused(port))
        await until(lambda: not _refused(port))
        await publish(port, plain_message(2, 4.5))
        await until(lambda: platform.ledger.totals()["county"]["readings"] == 2)


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False
