"""HJ 212 over a real socket, with a platform that acknowledges, refuses, forgets, and gives orders."""

import asyncio
import re
from uuid import uuid4

import pytest

from agent.records import Json
from agent.uplinks.hj212.uplink import Hj212Uplink
from agent.uplinks.uplink import Delivered, Kind, Parcel, Rejected, RetryAfter, Unauthorised, Unknown
from simulator.bureau.hj212_frame import Frame, answer, request, write_frame
from tests.agent.hj212_peer import MN, PASSWORD, Platform, acknowledge, listening, uplink_to
from tests.support.waiting import until

NOON_NS = 1_795_492_800 * 10**9
ITEMS = [f"a{number:05d}-Rtd={number},a{number:05d}-Flag=N" for number in range(100)]


def parcel(*lines: str, kind: Kind = Kind.READING) -> Parcel:
    body = "\n".join(lines or ("2011 DataTime=20261124120000;a21005-Rtd=3.5,a21005-Flag=N",))
    return Parcel(uuid4(), kind, "reading", body.encode(), NOON_NS)


def heartbeat() -> Parcel:
    return Parcel(uuid4(), Kind.HEARTBEAT, "heartbeat", b"", NOON_NS)


async def test_what_is_acknowledged_is_delivered_and_the_frame_is_as_the_standard_says() -> None:
    async with listening() as platform, uplink_to(platform.port, []) as uplink:
        assert await uplink.send(parcel()) == Delivered()
    [heard] = platform.heard
    assert re.fullmatch(r"20\d{15}", heard.qn)
    assert heard.raw.decode() == (
        f"QN={heard.qn};ST=31;CN=2011;PW={PASSWORD};MN={MN};Flag=5;"
        "CP=&&DataTime=20261124120000;a21005-Rtd=3.5,a21005-Flag=N&&"
    )


async def test_each_area_is_acknowledged_under_a_number_of_its_own() -> None:
    async with listening() as platform, uplink_to(platform.port, []) as uplink:
        await uplink.send(
            parcel("2011 DataTime=20261124120000;a-Flag=B", "2011 DataTime=20261124120001;a-Flag=B")
        )
    first, second = (int(heard.qn) for heard in platform.heard)
    assert first < second


async def test_a_lost_acknowledgement_is_answered_by_the_same_bytes() -> None:
    def forget_the_first(heard: Frame, number: int) -> list[bytes]:
        return [] if number == 1 else acknowledge(heard, number)

    async with listening(forget_the_first) as platform, uplink_to(platform.port, []) as uplink:
        assert await uplink.send(parcel()) == Delivered()
    assert len(platform.heard) == 2
    assert platform.heard[0] == platform.heard[1]
    assert platform.connections == 1


async def test_a_platform_that_never_answers_is_unknown_and_its_connection_is_not_trusted() -> None:
    async with listening(lambda _heard, _number: []) as platform, uplink_to(platform.port, []) as uplink:
        verdict = await uplink.send(parcel())
        assert isinstance(verdict, Unknown)
        assert len(platform.heard) == 3, "once, and ReCount times again"
        platform.script = acknowledge
        assert await uplink.send(parcel()) == Delivered()
        assert platform.connections == 2


async def test_while_it_is_down_the_frame_that_failed_is_what_is_tried() -> None:
    async with listening(lambda _heard, _number: []) as platform, uplink_to(platform.port, []) as uplink:
        await uplink.send(parcel())
        assert isinstance(await uplink.send(heartbeat()), Unknown)
        platform.script = acknowledge
        assert await uplink.send(heartbeat()) == Delivered()
        assert len(set(platform.heard)) == 1
        assert await uplink.send(heartbeat()) == Delivered()
        assert len(set(platform.heard)) == 1, "nothing owed: a connection that stands is enough"


async def test_packets_of_one_area_share_their_number_and_are_acknowledged_one_by_one() -> None:
    async with listening() as platform, uplink_to(platform.port, []) as uplink:
        assert await uplink.send(parcel(";".join(["2011 DataTime=20261124120000", *ITEMS]))) == Delivered()
    assert len({heard.qn for heard in platform.heard}) == 1
    assert [heard.pno for heard in platform.heard] == list(range(1, platform.heard[0].pnum + 1))


async def test_packets_whose_answer_fails_are_begun_anew_where_no_late_answer_can_be_mistaken() -> None:
    def forget_the_first(heard: Frame, number: int) -> list[bytes]:
        return [] if number == 1 else acknowledge(heard, number)

    area = ";".join(["2011 DataTime=20261124120000", *ITEMS])
    async with listening(forget_the_first) as platform, uplink_to(platform.port, []) as uplink:
        assert await uplink.send(parcel(area)) == Delivered()
    assert platform.connections == 2
    assert [heard.pno for heard in platform.heard] == [1, *range(1, platform.heard[0].pnum + 1)]


@pytest.mark.parametrize(
    ("command", "area", "verdict"),
    [
        ("9011", "QnRtn=2", Rejected),
        ("9011", "QnRtn=3", Unauthorised),
        ("9011", "QnRtn=4", Unauthorised),
        ("9011", "QnRtn=9", Unknown),
        ("9011", "QnRtn=100", Unknown),
        ("9012", "ExeRtn=5", RetryAfter),
        ("9012", "ExeRtn=2", Unknown),
        ("9014", "QnRtn=8", Rejected),
        ("9012", "ExeRtn=1", Delivered),
    ],
)
async def test_every_answer_has_its_verdict(command: str, area: str, verdict: type) -> None:
    def say(heard: Frame, _number: int) -> list[bytes]:
        return [answer(heard, command, area)]

    async with listening(say) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        assert isinstance(await uplink.send(parcel()), verdict)


@pytest.mark.parametrize(("command", "area"), [("9011", "QnRtn=1"), ("9012", ""), ("9013", "")])
async def test_a_promise_or_an_answer_to_something_else_is_no_acknowledgement(
    command: str, area: str
) -> None:
    def promise(heard: Frame, _number: int) -> list[bytes]:
        return [answer(heard, command, area)]

    async with listening(promise) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        assert isinstance(await uplink.send(parcel()), Unknown)


async def test_an_acknowledgement_of_another_number_is_none() -> None:
    def mistake(heard: Frame, _number: int) -> list[bytes]:
        return [answer(heard, "9014", "").replace(heard.qn.encode(), b"20260101000000000")]

    async with listening(mistake) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        assert isinstance(await uplink.send(parcel()), Unknown)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"MN={MN}", "MN=010000A8900016F000169DC1"),
        (f"MN={MN};", ""),
        ("ST=91", "ST=22"),
    ],
)
async def test_an_answer_for_another_station_acknowledges_nothing_and_is_told(ours: str, theirs: str) -> None:
    """QN is a time of day: two stations behind one platform may well have the same."""

    def mistake(heard: Frame, _number: int) -> list[bytes]:
        segment = answer(heard, "9014", "")[6:-6].decode()
        assert ours in segment
        return [write_frame(segment.replace(ours, theirs))]

    async with listening(mistake) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        verdict = await uplink.send(parcel())
    assert isinstance(verdict, Unknown)
    assert "answered our QN for another station" in verdict.reason.en
    assert "hj212.mn" in verdict.reason.zh


async def test_the_answer_for_us_counts_also_behind_one_for_another() -> None:
    def both(heard: Frame, _number: int) -> list[bytes]:
        ours = answer(heard, "9014", "")
        return [write_frame(ours[6:-6].decode().replace(MN, "X")), ours]

    async with listening(both) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        assert await uplink.send(parcel()) == Delivered()


async def test_an_answer_with_the_system_code_of_our_data_is_ours() -> None:
    def echo(heard: Frame, _number: int) -> list[bytes]:
        return [write_frame(answer(heard, "9014", "")[6:-6].decode().replace("ST=91", f"ST={heard.st}"))]

    async with listening(echo) as platform, uplink_to(platform.port, [], retries=0) as uplink:
        assert await uplink.send(parcel()) == Delivered()


async def test_a_connection_that_ends_between_frame_and_answer_is_made_again() -> None:
    def hang_up_first(heard: Frame, number: int) -> list[bytes] | None:
        return None if number == 1 else acknowledge(heard, number)

    async with listening(hang_up_first) as platform, uplink_to(platform.port, []) as uplink:
        assert await uplink.send(parcel()) == Delivered()
    assert platform.heard[0] == platform.heard[1]
    assert platform.connections == 2


async def test_nobody_listens() -> None:
    async with listening() as platform:
        pass
    async with uplink_to(platform.port, []) as uplink:
        verdict = await uplink.send(parcel())
    assert isinstance(verdict, Unknown)
    assert "refuses the connection" in verdict.reason.en


async def ask(platform: Platform, uplink: Hj212Uplink, asked: bytes) -> Frame | None:
    """Let the platform ask in the middle of an exchange; return the station's answer."""

    def ask_first(heard: Frame, number: int) -> list[bytes]:
        return [asked, *acknowledge(heard, number)] if heard.cn == "2011" else []

    platform.script = ask_first
    assert await uplink.send(parcel()) == Delivered()
    replies = [heard for heard in platform.heard if heard.cn == "9011"]
    return replies[-1] if replies else None


@pytest.mark.parametrize(
    ("command", "area", "returned"),
    [
        ("1012", "SystemTime=20260101000000", 2),
        ("1072", "NewPW=654321", 2),
        ("1062", "RtdInterval=300", 2),
        ("1064", "MinInterval=60", 2),
        ("1000", "OverTime=1,ReCount=0", 2),
        ("1061", "", 2),
        ("2051", "BeginTime=20260101000000,EndTime=20260102000000", 2),
        ("3012", "PolId=a21005", 8),
    ],
)
async def test_whatever_the_platform_asks_is_refused_and_recorded(
    command: str, area: str, returned: int
) -> None:
    events: list[Json] = []
    async with listening() as platform, uplink_to(platform.port, events) as uplink:
        await ask(platform, uplink, request("20261124120500000", command, PASSWORD, MN, area))
        await platform.until(lambda: any(heard.cn == "9011" for heard in platform.heard))
    [reply] = [heard for heard in platform.heard if heard.cn == "9011"]
    assert (reply.qn, reply.st, reply.area) == ("20261124120500000", "91", f"QnRtn={returned}")
    [event] = events
    assert (event["kind"], event["destination"]) == ("platform-request", "environment")
    assert (event["command"], event["returned"]) == (command, returned)
    assert command in event["text"]["zh"]
    assert "refused" in event["text"]["en"]


async def test_a_new_password_is_not_written_down() -> None:
    events: list[Json] = []
    async with listening() as platform, uplink_to(platform.port, events) as uplink:
        await ask(platform, uplink, request("20261124120500000", "1072", PASSWORD, MN, "NewPW=654321"))
        await until(lambda: bool(events))
    assert events[0]["fields"] == {"NewPW": "***"}


@pytest.mark.parametrize(("password", "mn", "returned"), [("000000", MN, 3), (PASSWORD, "X", 4)])
async def test_a_stranger_is_told_what_is_wrong(password: str, mn: str, returned: int) -> None:
    events: list[Json] = []
    async with listening() as platform, uplink_to(platform.port, events) as uplink:
        await ask(platform, uplink, request("20261124120500000", "1012", password, mn))
        await platform.until(lambda: any(heard.cn == "9011" for heard in platform.heard))
    assert [heard.area for heard in platform.heard if heard.cn == "9011"] == [f"QnRtn={returned}"]
    assert [event["returned"] for event in events] == [returned]


async def test_a_platform_gone_wild_fills_no_store() -> None:
    events: list[Json] = []
    async with listening() as platform, uplink_to(platform.port, events) as uplink:
        orders = b"".join(request(f"202611241205{n:05d}", "1012", PASSWORD, MN) for n in range(100))
        await ask(platform, uplink, orders)
        await platform.until(lambda: sum(heard.cn == "9011" for heard in platform.heard) == 100)
    assert len(events) == 20


async def test_a_cancelled_send_leaves_the_uplink_in_order() -> None:
    async with (
        listening(lambda _heard, _number: []) as platform,
        uplink_to(platform.port, [], timeout_s=30) as uplink,
    ):
        sending = asyncio.create_task(uplink.send(parcel()))
        await platform.until(lambda: bool(platform.heard))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        platform.script = acknowledge
        assert await uplink.send(parcel()) == Delivered()
        assert platform.connections == 2, "what was on its way may still be answered"
