"""The platform over real HTTPS: what it stores, what it answers, and how it misbehaves."""

import asyncio
from pathlib import Path

import httpx
import pytest

from simulator.bureau.misbehave import Odds
from tests.simulator.bureau_parts import alarm_message, readings_message, rows, running, seal


async def test_a_good_message_is_stored_and_answered_with_code_200(tmp_path: Path) -> None:
    async with running(tmp_path) as platform:
        answer = await platform.post(readings_message(3.5, 4.0))

    assert answer.json() == {"code": 200, "msg": "stored", "rejected": []}
    assert rows(tmp_path, "SELECT destination, epoch, seq, idx, value, copies FROM reading") == [
        ("bureau", 1, 1, 0, 3.5, 1),
        ("bureau", 1, 1, 1, 4.0, 1),
    ]


async def test_a_repeat_is_a_copy_not_a_second_reading(tmp_path: Path) -> None:
    message = readings_message(3.5)
    async with running(tmp_path) as platform:
        await platform.post(message)
        await platform.post(message)

    assert rows(tmp_path, "SELECT copies FROM message") == [(2,)]
    assert rows(tmp_path, "SELECT value, copies FROM reading") == [(3.5, 2)]


async def test_an_alarm_that_comes_again_once_durable_has_its_number_filled_in(tmp_path: Path) -> None:
    async with running(tmp_path) as platform:
        await platform.post(alarm_message("m-1", durable=False))
        await platform.post(alarm_message("m-1", durable=True))

    assert rows(tmp_path, "SELECT number, durable, lane, first, last, copies FROM message") == [
        (3, 1, "alarm", 7, 7, 2)
    ]
    assert rows(tmp_path, "SELECT event, condition, value, durable FROM alarm") == [
        ("raised", "hihi", 171.5, 1)
    ]


async def test_a_wrong_appsecret_is_answered_401_and_nothing_is_stored(tmp_path: Path) -> None:
    async with running(tmp_path) as platform:
        sealed = seal(readings_message(1.0), platform.issued)
        answer = await platform.client.post(platform.url, json=sealed, headers={"appsecret": "guess"})

    assert (answer.status_code, answer.json()["code"]) == (401, 401)
    assert rows(tmp_path, "SELECT outcome FROM attempt") == [("unauthorised",)]
    assert rows(tmp_path, "SELECT * FROM message") == []


async def test_a_message_that_lacks_a_field_is_answered_with_the_field_s_name(tmp_path: Path) -> None:
    message = readings_message(1.0)
    del message["durable"]
    async with running(tmp_path) as platform:
        answer = await platform.post(message)

    assert answer.status_code == 400
    assert answer.json()["msg"] == "durable: Field required"


async def test_readings_without_records_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as platform:
        answer = await platform.post(readings_message(1.0) | {"records": None})

    assert "records" in answer.json()["msg"]


async def test_refused_means_not_stored_in_four_ways(tmp_path: Path) -> None:
    seen: set[int | str] = set()
    async with running(tmp_path, odds=Odds(refuse=1, delay=0, lose=0)) as platform:
        for _ in range(30):
            try:
                answer = await platform.post(readings_message(1.0))
            except httpx.TransportError:
                seen.add("closed")
            else:
                seen.add(answer.status_code)
                assert answer.headers.get("Retry-After") == ("1" if answer.status_code == 429 else None)

    assert seen == {500, 503, 429, "closed"}
    assert rows(tmp_path, "SELECT * FROM message") == []
    assert rows(tmp_path, "SELECT DISTINCT outcome FROM attempt") == [("refused",)]


async def test_lost_means_stored_and_the_connection_closed_without_a_reply(tmp_path: Path) -> None:
    async with running(tmp_path, odds=Odds(refuse=0, delay=0, lose=1)) as platform:
        with pytest.raises(httpx.TransportError):
            await platform.post(readings_message(1.0))

    assert rows(tmp_path, "SELECT copies FROM reading") == [(1,)]
    assert rows(tmp_path, "SELECT outcome FROM attempt") == [("lost",)]


async def test_delayed_means_stored_and_answered_after_a_second_or_two(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with running(tmp_path, odds=Odds(refuse=0, delay=1, lose=0)) as platform:
        begin = loop.time()
        answer = await platform.post(readings_message(1.0))
        took_s = loop.time() - begin

    assert answer.json()["code"] == 200
    assert 1.0 <= took_s < 4.0
    assert rows(tmp_path, "SELECT outcome FROM attempt") == [("delayed",)]


async def test_the_status_page_says_what_came_and_how_it_was_treated(tmp_path: Path) -> None:
    async with running(tmp_path) as platform:
        await platform.post(readings_message(1.0, 2.0))
        base = httpx.URL(platform.url).copy_with(path="/status")
        status = (await platform.client.get(base)).json()

    assert status["bureau"]["door"] == "open"
    assert status["bureau"]["totals"]["readings"] == 2
    assert status["bureau"]["attempts"] == {"stored": 1}
