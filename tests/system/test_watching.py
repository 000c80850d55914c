"""What a running agent shows of its connections, held to the device's own count."""

import asyncio
import re
from pathlib import Path

from tests.drivers.conftest import free_port
from tests.drivers.scripted import Reply, Request
from tests.support.scrape import Family, scrape
from tests.system.platform import Platform
from tests.system.site import AGENT, DETECTOR, Site, site
from tests.system.status import link, until_status
from tests.system.test_opcua_hole import with_furnace

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
WHILE_ASKED = 40
"""Requests that may leave while the command starts and asks: 4 s."""

SUPPRESSING = """
areas: {shop: {name: 车间, state: {declared: true}}}
gates:
  cast: {name: 阶段, when: {idle: co-1.concentration < 1 ppm}, contradicted_by: co-1.concentration > 900 ppm}
devices:
"""
ANOTHER = (
    """
  co-2:
    name: {zh: 一氧化碳二, en: CO 2}
    connection: plc
    unit: 2
    period: 100 ms
"""
    + DETECTOR
    + "uplinks:\n"
)


async def told(plant: Site, *arguments: str) -> tuple[int, str, str]:
    asking = await asyncio.create_subprocess_exec(
        str(AGENT),
        "status",
        "--state",
        str(plant.state),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asking.communicate()
    assert asking.returncode is not None
    return asking.returncode, out.decode(), err.decode()


def value(families: dict[str, Family], name: str, **labels: str) -> float:
    return families[name].samples[name, tuple(sorted(labels.items()))]


async def test_the_metrics_agree_with_what_the_devices_saw_and_each_is_documented(tmp_path: Path) -> None:
    def with_another(text: str) -> str:
        return text.replace("\nuplinks:\n", ANOTHER).replace("\ndevices:\n", SUPPRESSING)

    async with Platform() as platform, site(tmp_path, platform, edit=with_another) as plant:
        answer = plant.counter.device.script
        asked: list[int] = []

        def refusing(request: Request) -> Reply:
            asked.append(request.unit)
            return Reply(exception=4) if request.unit == 2 else answer(request)

        plant.counter.device.script = refusing
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 10)
        _, text, _ = await told(plant, "--metrics")
        seen = {unit: asked.count(unit) for unit in (1, 2)}
        families = scrape(text)
        for unit in (1, 2):
            requests = value(families, "edge_agent_requests_total", connection="plc", unit=str(unit))
            assert seen[unit] - WHILE_ASKED < requests <= seen[unit]
        ones = {"connection": "plc", "unit": "1"}
        assert value(families, "edge_agent_replies_total", **ones) >= 9
        assert value(families, "edge_agent_exceptions_total", connection="plc", unit="2", code="4") >= 5
        assert value(families, "edge_agent_link_up", connection="plc") == 1
        assert value(families, "edge_agent_destination_up", destination="bureau") == 1
        assert value(families, "edge_agent_alarm_flood") == 0
        assert value(families, "edge_agent_bypasses", cause="out-of-service") == 0
        assert value(families, "edge_agent_points", quality="good") == 1
        assert value(families, "edge_agent_points", quality="device-fault") == 1
        buckets = families["edge_agent_reply_seconds"].samples
        replies = buckets["edge_agent_reply_seconds_count", tuple(sorted(ones.items()))]
        assert replies == value(families, "edge_agent_replies_total", **ones)
        page = set(re.findall(r"`((?:edge_agent|process)_\w+)`", DOCS.read_text(encoding="utf-8")))
        rare = {
            "edge_agent_task_faults_total",
            "edge_agent_backlog_oldest_timestamp_seconds",
            "edge_agent_failing_messages",
        }
        assert set(families) <= page
        assert page - set(families) <= rare
        assert await plant.stop() == 0


async def test_the_status_shows_what_became_of_requests_and_the_last_frames(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        status = await until_status(plant, lambda s: link(s, "plc")["statistics"]["replies"] >= 5)
        statistics = link(status, "plc")["statistics"]
        assert statistics["units"]["1"]["replies"] == statistics["replies"]
        assert statistics["reconnects"] == 0
        assert sum(statistics["latency"]) == statistics["replies"]
        _, out, _ = await told(plant)
        assert re.search(r"请求 / requests \d+, 应答 / answered (100%|99\.\d%), ", out)
        code, out, _ = await told(plant, "--frames", "plc")
        assert code == 0
        assert re.search(r"-> (?:[0-9a-f]{2} )+ unit 1 function 3: asks for 1 from address 0", out)
        assert re.search(r"<- (?:[0-9a-f]{2} )+ unit 1 function 3: answer, 2 data bytes", out)
        code, _, err = await told(plant, "--frames", "none")
        assert code == 1
        assert "there are: plc" in err
        assert "plc" in err
        assert await plant.stop() == 0


async def test_why_there_are_no_frames_is_said(tmp_path: Path) -> None:
    def edit(text: str) -> str:
        unserved = f"plc-2: {{modbus-tcp: {{host: 127.0.0.1, port: {free_port()}}}}}, "
        text = with_furnace(text, free_port()).replace("connections: {", "connections: {" + unserved)
        return text.replace("\nuplinks:\n", ANOTHER.replace("connection: plc", "connection: plc-2"))

    async with Platform() as platform, site(tmp_path, platform, edit=edit) as plant:
        await plant.start()
        await until_status(plant, lambda s: not link(s, "plc-2")["up"])
        furnace, unreached = await told(plant, "--frames", "furnace"), await told(plant, "--frames", "plc-2")
        assert await plant.stop() == 0
    assert furnace[:2] == unreached[:2] == (0, "")
    assert "no frames are kept of an OPC UA connection" in furnace[2]
    assert "nothing has passed on this connection so far" in unreached[2]
