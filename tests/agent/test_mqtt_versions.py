"""MQTT 3.1.1 beside MQTT 5: what each can say, and how a broker that speaks the other one is told.

Method: mosquitto for what it does of itself; a peer that follows a script for the
return codes and versions that mosquitto never answers with.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from agent.uplinks.mqtt.session import Broker
from agent.uplinks.mqtt.uplink import MqttUplink
from agent.uplinks.uplink import Delivered, Kind, Parcel, RetryAfter, TooLarge, Unauthorised, Unknown, Verdict
from config.transport import MqttVersion
from drivers.clock import SystemClock
from simulator.bureau.broker import Broker as Mosquitto
from simulator.clock import SystemClock as SimulatorClock
from tests.support.certificates import Authority
from tests.support.require import require

V311_WELCOME = b"\x20\x02\x00\x00"
V5_WELCOME = b"\x20\x03\x00\x00\x00"
EACH_VERSION = pytest.mark.parametrize("version", ["5", "3.1.1"])

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def uplink(
    port: int,
    version: MqttVersion = "3.1.1",
    *,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
) -> MqttUplink:
    username = None if password is None else "gateway"
    broker = Broker("127.0.0.1", port, "edge", username, password, tls, version=version)
    return MqttUplink(broker, SystemClock(), topic="edge/{plant}/{lane}", plant="P", timeout_s=2.0, window=20)


async def publish(to: MqttUplink, body: bytes = b"{}") -> Verdict:
    return await to.send(Parcel(uuid4(), Kind.READING, "reading", body))


async def verdict_of(to: MqttUplink, body: bytes = b"{}") -> Verdict:
    try:
        return await publish(to, body)
    finally:
        await to.close()


@asynccontextmanager
async def peer(handle: Handle) -> AsyncIterator[int]:
    """Serve every connection by a script, and return once the last one has ended."""
    served: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.add(task)
        try:
            await handle(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*served)


def answering(connack: bytes) -> Handle:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(connack)
        while await reader.read(4096):
            pass

    return handle


async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(4096)


@asynccontextmanager
async def mosquitto(folder: Path, *lines: str) -> AsyncIterator[int]:
    """Run mosquitto with more lines in its configuration."""
    configuration = folder / "mosquitto.conf"
    broker = Mosquitto(require("mosquitto"), configuration, SimulatorClock())
    with configuration.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    try:
        await broker.start()
        yield broker.port
    finally:
        await broker.close()


# Return codes of CONNACK


@pytest.mark.parametrize(
    ("code", "verdict", "en", "zh"),
    [
        (1, Unauthorised, "does not speak MQTT 3.1.1: write version: 5", "version: 5"),
        (2, Unauthorised, "client_id under mqtt", "mqtt 下的 client_id"),
        (3, Unknown, "takes no connections now (Server unavailable)", "稍后重试"),
        (4, Unauthorised, "Bad user name or password", "核对用户名和口令"),
        (5, Unauthorised, "Not authorized", "核对用户名和口令"),
        (77, Unauthorised, "0x4D", "0x4D"),
    ],
)
async def test_each_return_code_of_3_1_1_has_its_words_and_its_verdict(
    code: int, verdict: type, en: str, zh: str
) -> None:
    async with peer(answering(b"\x20\x02\x00" + bytes([code]))) as port:
        told = await verdict_of(uplink(port))
    assert isinstance(told, verdict)
    assert isinstance(told, Unauthorised | Unknown)
    assert en in told.reason.en
    assert zh in told.reason.zh


@pytest.mark.parametrize(
    ("asked", "connack", "other"),
    [
        ("5", b"\x20\x02\x00\x01", "3.1.1"),  # as 3.1.1 demands of a broker that knows no other
        ("5", V311_WELCOME, "3.1.1"),
        ("5", b"\x20\x03\x00\x84\x00", "3.1.1"),
        ("3.1.1", b"\x20\x03\x00\x84\x00", "5"),
        ("3.1.1", V5_WELCOME, "5"),
        ("3.1.1", b"\x20\x02\x00\x84", "5"),
    ],
)
async def test_a_broker_that_speaks_another_version_is_told_with_the_mend(
    asked: MqttVersion, connack: bytes, other: str
) -> None:
    async with peer(answering(connack)) as port:
        told = await verdict_of(uplink(port, asked))
    assert isinstance(told, Unauthorised)
    assert f"does not speak MQTT {asked}: write version: {other} under mqtt" in told.reason.en
    assert f"不支持 MQTT {asked}：在 mqtt 下写 version: {other}" in told.reason.zh


@pytest.mark.parametrize(("asked", "other"), [("5", "3.1.1"), ("3.1.1", "5")])
async def test_a_broker_that_hangs_up_on_us_may_speak_another_version(asked: MqttVersion, other: str) -> None:
    async with peer(hang_up) as port:
        told = await verdict_of(uplink(port, asked))
    assert isinstance(told, Unknown)
    assert f"try version: {other} under mqtt" in told.reason.en
    assert f"version: {other}" in told.reason.zh


async def test_a_connack_that_is_none_ends_the_attempt() -> None:
    async with peer(answering(b"\x20\x00")) as port:
        assert isinstance(await verdict_of(uplink(port)), Unknown)


# Publishing


async def test_a_connection_that_ends_in_place_of_a_puback_confirms_nothing() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(V311_WELCOME)
        await reader.readuntil(b"{}")

    async with peer(handle) as port:
        to = uplink(port)
        told = await asyncio.gather(*(publish(to) for _ in range(3)))
    assert all(isinstance(each, Unknown) for each in told)
    [first, *_] = told
    assert isinstance(first, Unknown)
    assert "hung up without acknowledging" in first.reason.en
    assert "check the rights on the topic" in first.reason.en
    assert "limits.bytes" in first.reason.zh


async def answered_once(answer: bytes) -> Verdict:
    """Return the verdict on a publish that a broker answers with these bytes; `id` is the packet's."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(b"\x20\x03\x00\x00\x00")
        published = await reader.readuntil(b"{}")
        writer.write(answer.replace(b"id", published[-5:-3]))
        await reader.read()

    async with peer(handle) as port:
        to = uplink(port, "5")
        verdict = await publish(to)
        await to.close()
    return verdict


async def test_a_broker_whose_quota_is_exceeded_is_given_a_pause() -> None:
    verdict = await answered_once(b"\x40\x03id\x97")
    assert isinstance(verdict, RetryAfter)
    assert "Quota exceeded" in verdict.reason.en
    assert "have it raised" in verdict.reason.en


async def test_two_gateways_under_one_client_id_are_told() -> None:
    verdict = await answered_once(b"\xe0\x01\x8e")
    assert isinstance(verdict, Unknown)
    assert "another client came under our id" in verdict.reason.en
    assert "client_id" in verdict.reason.zh


async def test_no_more_is_under_way_than_a_broker_says_it_can_hold() -> None:
    """More would be a protocol error, for which a broker of MQTT 5 hangs up. One place is kept for alarms."""
    most, unanswered = 3, list[bytes]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(b"\x20\x06\x00\x00\x03\x21\x00" + bytes([most]))
        for _ in range(3):
            published = b"".join([await reader.readuntil(b"{}") for _ in range(most - 1)])
            assert await nothing_more(reader)
            unanswered.append(published)
            for packet in published.split(b"{}")[:-1]:
                writer.write(b"\x40\x02" + packet[-3:-1])  # the packet's id; behind it no properties
        await reader.read()

    async with peer(handle) as port:
        to = uplink(port, "5")
        assert await asyncio.gather(*(publish(to) for _ in range(6))) == [Delivered()] * 6
        await to.close()
    assert len(unanswered) == 3


async def nothing_more(reader: asyncio.StreamReader) -> bool:
    try:
        return not await asyncio.wait_for(reader.read(1), 0.1)
    except TimeoutError:
        return True


@EACH_VERSION
async def test_mosquitto_acknowledges_what_it_takes(tmp_path: Path, version: MqttVersion) -> None:
    async with mosquitto(tmp_path) as port:
        assert await verdict_of(uplink(port, version)) == Delivered()


@EACH_VERSION
async def test_tls_with_certificates_of_both_sides(tmp_path: Path, version: MqttVersion) -> None:
    authority = Authority(tmp_path)
    theirs, ours = authority.issue(), authority.issue("gateway")
    lines = (
        f"cafile {authority.file}",
        f"certfile {theirs.certificate}",
        f"keyfile {theirs.key}",
        "require_certificate true",
    )
    context = ssl.create_default_context(cafile=str(authority.file))
    context.load_cert_chain(ours.certificate, ours.key)
    async with mosquitto(tmp_path, *lines) as port:
        assert await verdict_of(uplink(port, version, tls=context)) == Delivered()


async def test_under_3_1_1_a_refusal_by_the_access_list_looks_like_success_and_under_5_it_does_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "rights").write_text("topic write elsewhere/#\n")
    async with mosquitto(tmp_path, f"acl_file {tmp_path / 'rights'}") as port:
        assert await verdict_of(uplink(port, "3.1.1")) == Delivered()
        assert isinstance(await verdict_of(uplink(port, "5")), Unauthorised)


async def test_mosquitto_refuses_a_wrong_password_with_a_return_code(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("")
    async with mosquitto(tmp_path, f"password_file {tmp_path / 'passwords'}") as port:
        told = await verdict_of(uplink(port, password="wrong"))
    assert isinstance(told, Unauthorised)
    assert "check user and password" in told.reason.en


async def test_mqtt_5_says_which_size_is_taken_and_what_is_longer_is_not_sent(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, "max_packet_size 1000") as port:
        to = uplink(port, "5")
        topic = len("edge/P/reading")
        for size in (1000 - topic - 10, 1000 - topic):
            assert isinstance(await publish(to, bytes(size)), Delivered if size + topic < 1000 else TooLarge)
        session = to._session
        assert await publish(to, bytes(500)) == Delivered()
        assert to._session is session, "on the same connection"
        await to.close()


async def test_under_3_1_1_a_message_beyond_the_brokers_size_is_hung_up_on_and_not_delivered(
    tmp_path: Path,
) -> None:
    async with mosquitto(tmp_path, "max_packet_size 1000") as port:
        to = uplink(port)
        assert await publish(to, bytes(500)) == Delivered()
        told = await publish(to, bytes(2000))
        assert isinstance(told, Unknown)
        assert "limits.bytes" in told.reason.en
        assert await publish(to, bytes(500)) == Delivered(), "on a new connection"
        await to.close()
