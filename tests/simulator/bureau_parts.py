"""Hand-made inputs for the platform's tests: a plant with two destinations, envelopes, messages."""

import asyncio
import contextlib
import json
import sqlite3
import ssl
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from config.layout import LayoutFile
from config.model import Plant, Text
from config.settings import BufferSettings
from config.transport import MinistryHttp, Mqtt, Sm4
from config.uplink import Uplink
from simulator.bureau.envelope import Credentials
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Odds
from simulator.bureau.platform import Orders, Platform
from simulator.clock import SystemClock
from simulator.scenario import Event, Scenario
from simulator.timeline import Timeline

WELL_BEHAVED = Odds(0, 0, 0)

PLANT_FILE = """
plant: {id: P-1, name: {zh: 厂, en: plant}, region: "140800", timezone: Asia/Shanghai}
connections: {plc: {modbus-tcp: {host: 192.0.2.1}}}
devices:
  water: {name: {zh: 水, en: water}, profile: cooling-water, connection: plc, unit: 1, simulate: {}}
uplinks:
  bureau:
    ministry-http:
      url: https://bureau.example
      appid: "${env:APPID}"
      appsecret: "${env:APPSECRET}"
      sm4: {key: "${env:KEY}", iv: "${env:IV}"}
    layout: ministry-sample
"""


def a_plant(*, broker: bool = False, layout: LayoutFile | None = None) -> Plant:
    """Return a plant without devices that reports to `bureau` and, if asked, to `county`."""
    nowhere = Sm4(key="0" * 32, iv="0" * 32)
    bureau = MinistryHttp(url="https://bureau.example", appid="a", appsecret="b", sm4=nowhere)
    uplinks = {"bureau": Uplink(ministry_http=bureau, layout="ministry-sample")}
    if broker:
        uplinks["county"] = Uplink(mqtt=Mqtt(host="county.example"))
    return Plant(
        "P-1",
        Text("厂", "plant"),
        "140800",
        "Asia/Shanghai",
        {},
        {},
        {},
        uplinks,
        BufferSettings(),
        Path(),
        "",
        layouts={} if layout is None else {"bureau": layout},
    )


def seal(message: Mapping[str, object], issued: Credentials) -> dict[str, str]:
    """Return the body of a POST: the message in the ministry's envelope."""
    padder = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.SM4(bytes.fromhex(issued.key)), modes.CBC(bytes.fromhex(issued.iv)))
    encryptor = cipher.encryptor()
    padded = padder.update(json.dumps(message).encode()) + padder.finalize()
    data = encryptor.update(padded) + encryptor.finalize()
    return {"appid": issued.appid, "data": data.hex().upper()}


def readings_message(*values: float, seq: int = 1, message_id: str | None = None) -> dict[str, object]:
    """Return a live message of the sample layout: record `seq`, one reading per value."""
    return {
        "dataId": message_id or str(uuid.uuid4()),
        "enterpriseId": "P-1",
        "gatewayId": "gw-1",
        "number": seq,
        "collectTime": "20261124080000",
        "isConnectDataSource": True,
        "reportType": "report",
        "durable": True,
        "records": {"epoch": 1, "lane": "reading", "first": seq, "last": seq},
        "datas": [
            {
                "quotaId": "co-12.concentration",
                "value": value,
                "isValid": True,
                "quality": "good",
                "collectTime": 1_795_000_000_000 + index,
                "seq": seq,
                "index": index,
            }
            for index, value in enumerate(values)
        ],
        "alarms": [],
        "events": [],
    }


def alarm_message(message_id: str, *, durable: bool) -> dict[str, object]:
    """Return an alarm before (durable False) or after the gateway's disk had it."""
    records = {"epoch": 1, "lane": "alarm", "first": 7, "last": 7} if durable else None
    alarm = {
        "id": "a-1",
        "event": "raised",
        "rule": "co-12.concentration.hihi",
        "point": "co-12.concentration",
        "condition": "hihi",
        "value": 171.5,
        "utc_ns": 1_795_000_000_000_000_000,
        "seq": 7 if durable else None,
    }
    return {
        **readings_message(),
        "dataId": message_id,
        "reportType": "alarm",
        "number": 3 if durable else None,
        "durable": durable,
        "records": records,
        "alarms": [alarm],
    }


@dataclass(frozen=True, slots=True)
class Running:
    """A platform that runs, and a gateway's client for it."""

    client: httpx.AsyncClient
    ledger: Ledger
    issued: Credentials
    overlay: Mapping[str, Any]
    url: str
    mqtt_port: int | None
    ca: str

    async def post(self, message: Mapping[str, object]) -> httpx.Response:
        """Send one message as a gateway would."""
        return await self.client.post(
            self.url, json=seal(message, self.issued), headers={"appsecret": self.issued.appsecret}
        )


@contextlib.asynccontextmanager
async def running(
    out: Path,
    *,
    odds: Odds = WELL_BEHAVED,
    broker: bool = False,
    events: tuple[Event, ...] = (),
    length_s: float = 60.0,
    layout: LayoutFile | None = None,
) -> AsyncIterator[Running]:
    """Run a platform for as long as the context lasts."""
    clock = SystemClock()
    timeline = Timeline(Scenario(length_s, events), clock.now_ns(), length_s, clock)
    ledger = Ledger(out / "bureau.db")
    orders = Orders(a_plant(broker=broker, layout=layout), timeline, out, 1, odds)
    ready, stop = asyncio.Event(), asyncio.Event()
    with contextlib.closing(ledger):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Platform(orders, ledger, clock).run(ready, stop))
            await ready.wait()
            try:
                async with _told(out, ledger) as platform:
                    yield platform
            finally:
                stop.set()


@contextlib.asynccontextmanager
async def _told(out: Path, ledger: Ledger) -> AsyncIterator[Running]:
    uplinks = yaml.safe_load((out / "overlay-platform.yaml").read_text())["uplinks"]
    http = uplinks["bureau"]["ministry-http"]
    issued = Credentials(http["appid"], http["appsecret"], http["sm4"]["key"], http["sm4"]["iv"])
    mqtt_port = uplinks.get("county", {}).get("mqtt", {}).get("port")
    trust = ssl.create_default_context(cafile=http["tls"]["ca"])
    async with httpx.AsyncClient(verify=trust, timeout=5) as client:
        yield Running(client, ledger, issued, uplinks, http["url"], mqtt_port, http["tls"]["ca"])


def rows(out: Path, query: str) -> list[tuple[object, ...]]:
    """Return what a second reader finds in the books."""

    with contextlib.closing(sqlite3.connect(out / "bureau.db")) as db:
        return db.execute(query).fetchall()
