"""Something is wrong around the agent: it runs, degraded, and says so with the mend.

Goal: a port, a certificate, a platform or a credential that is not as it should
be costs nothing but itself, and a person reads what to do, in Chinese and
English. Method: one real fault a test beside a device and a platform that work;
the status is asked as JSON and by the command line.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.clock import SystemClock
from simulator.bureau.certificates import make_certificates
from tests.system.platform import Json, Platform
from tests.system.site import AGENT, BUREAU, DETECTOR, Site, bureau, site
from tests.system.status import destination, link, until_status

NO_PORT = "/dev/serial/by-id/usb-none-port0"
RTU_LINE = (
    """
  co-2:
    name: {zh: 一氧化碳二, en: CO 2}
    connection: gas-line
    unit: 2
    period: 100 ms
"""
    + DETECTOR
    + "uplinks:\n"
)


@asynccontextmanager
async def beside(folder: Path, faulty: str) -> AsyncIterator[tuple[Site, Platform]]:
    """Run the agent with a platform that works and, beside it, a faulty uplink."""
    async with Platform() as platform, site(folder, bureau(platform) + faulty) as plant:
        await plant.start({"SET": "yes"})
        yield plant, platform
        await platform.until(lambda: len(platform.values()) >= 5)
        await plant.kill()  # a stop would give the faulty one 5 s


@asynccontextmanager
async def tls_server(folder: Path) -> AsyncIterator[int]:
    """Listen with a certificate that nobody has reason to trust."""
    folder.mkdir()
    certificates = make_certificates(folder, now_ns=SystemClock().now_ns())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.chain, certificates.key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def printed(plant: Site) -> str:
    """Return what `edge-agent status` prints."""
    asking = await asyncio.create_subprocess_exec(
        str(AGENT), "status", "--state", str(plant.state), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asking.communicate()
    assert asking.returncode == 0
    return out.decode()


async def assert_told(plant: Site, words: Json, *, zh: str, en: str) -> None:
    """Look for the mend in the JSON's words, and for these words in what a person reads."""
    assert zh in words["zh"]
    assert en in words["en"]
    assert f"{words['zh']} / {words['en']}" in await printed(plant)


def ministry(url: str, *, tls: str = "", appid: str = "gw") -> str:
    text = BUREAU.format(name="faulty", url=url, timeout="1 s").replace("appid: gw", f"appid: {appid}")
    return text.replace("    layout:", f"      tls: {{ca: {tls}}}\n    layout:") if tls else text


def mqtt(port: int, ca: str) -> str:
    return f"  faulty: {{mqtt: {{host: 127.0.0.1, port: {port}, timeout: 1 s, tls: {{ca: {ca}}}}}}}\n"


@pytest.mark.parametrize("transport", ["https", "mqtt"])
async def test_a_platform_whose_certificate_another_authority_signed_is_not_trusted(
    tmp_path: Path, transport: str
) -> None:
    async with tls_server(tmp_path / "theirs") as port:
        (tmp_path / "ours").mkdir()
        ca = str(make_certificates(tmp_path / "ours", now_ns=SystemClock().now_ns()).ca)
        faulty = mqtt(port, ca) if transport == "mqtt" else ministry(f"https://127.0.0.1:{port}/", tls=ca)
        async with beside(tmp_path, faulty) as (plant, _):
            status = await until_status(plant, lambda s: bool(destination(s, "faulty")["last_error"]))
            found = destination(status, "faulty")
            assert found["state"] == "down"
            await assert_told(
                plant,
                found["last_error"],
                zh="向平台方索取 CA 证书文件，写在 tls.ca",
                en="get the CA file from the platform and write it under tls.ca",
            )


async def test_a_platform_that_speaks_nonsense_is_told_by_how_its_answer_begins(tmp_path: Path) -> None:
    async with Platform(lambda _body, _attempt: "html") as portal:
        faulty = ministry(f"http://127.0.0.1:{portal.port}/")
        async with beside(tmp_path, faulty) as (plant, _):
            status = await until_status(plant, lambda s: bool(destination(s, "faulty")["last_error"]))
            found = destination(status, "faulty")
            assert found["state"] == "down"
            assert found["confirmed"] == 0
            assert "<html><title>Login" in found["last_error"]["en"]
            await assert_told(
                plant,
                found["last_error"],
                zh="检查 url 是否指向数据接口",
                en="check that url names the data interface",
            )


@pytest.mark.parametrize(
    ("credential", "name"),
    [('"${env:NEVER_SET}"', "NEVER_SET"), ('"${credential:never-there}"', "never-there")],
)
async def test_a_credential_that_is_missing_is_named(tmp_path: Path, credential: str, name: str) -> None:
    faulty = ministry("https://127.0.0.1:1/", appid=credential)
    async with beside(tmp_path, faulty) as (plant, _):
        found = destination(await until_status(plant, bool), "faulty")
        assert found["state"] == "unusable"
        await assert_told(
            plant,
            found["last_error"],
            zh=f"缺少凭据 {name}：按 systemd/README 放置凭据文件或设置环境变量后重启",
            en=f"credential {name} is missing: put it in place",
        )


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "not PEM"])
async def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "their-ca.pem").write_text(content)
    faulty = ministry("https://127.0.0.1:1/", tls="their-ca.pem")
    async with beside(tmp_path, faulty) as (plant, _):
        found = destination(await until_status(plant, bool), "faulty")
        assert found["state"] == "unusable"
        assert str(tmp_path / "their-ca.pem") in found["last_error"]["en"]
        await assert_told(
            plant, found["last_error"], zh="核对 tls.ca 的路径", en="check the path under tls.ca"
        )


async def test_a_serial_port_that_does_not_exist_costs_only_the_devices_behind_it(tmp_path: Path) -> None:
    def with_line(text: str) -> str:
        line = f"connections: {{gas-line: {{modbus-rtu: {{port: {NO_PORT}}}}}, "
        return text.replace("connections: {", line).replace("\nuplinks:\n", RTU_LINE)

    async with Platform() as platform, site(tmp_path, platform, edit=with_line) as plant:
        await plant.start()
        status = await until_status(
            plant, lambda s: link(s, "plc")["up"] and bool(link(s, "gas-line")["text"])
        )
        assert not link(status, "gas-line")["up"]
        await assert_told(
            plant,
            link(status, "gas-line")["text"],
            zh=f"串口 {NO_PORT} 不存在。请检查 USB 转换器是否插好",
            en=f"Serial port {NO_PORT} does not exist. Check that the USB adapter is plugged in",
        )
        await platform.until(lambda: len(platform.values()) >= 5)
        bad = [data for data in platform.datas() if not data["isValid"]]
        assert {(data["quotaId"], data["quality"]) for data in bad} == {("co-2.concentration", "comm-fault")}
        assert await plant.stop() == 0


async def test_a_wrong_plant_file_does_not_start_and_every_fault_is_told_at_its_place(tmp_path: Path) -> None:
    plant_file, state = tmp_path / "plant.yaml", tmp_path / "state"
    plant_file.write_text(
        'plant: {id: P, name: P, region: "140800"}\n'
        "connections:\n"
        "  plc: {modbus-tcp: {host: 127.0.0.1, prot: 502}}\n"
        "devices:\n"
        "  co-1: {name: CO, profile: gas-detector/coo, connection: plc, unit: 1}\n",
        encoding="utf-8",
    )
    running = await asyncio.create_subprocess_exec(
        str(AGENT), "run", str(plant_file), "--state", str(state), stderr=asyncio.subprocess.PIPE
    )
    _, said = await running.communicate()
    assert running.returncode == 3
    lines = said.decode().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{plant_file}:3:39: ")
    assert lines[1].startswith(f"{plant_file}:5:29: ")
    assert all(" / " in line for line in lines)
    assert not state.exists()
