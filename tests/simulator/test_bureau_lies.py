"""A platform that lies: what it answers, what it keeps, and what its own books show of it afterwards."""

from pathlib import Path

from simulator.demo.books import read_books
from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.bureau_parts import readings_message, rows, running

ALL_ALONG = (Event(0.0, 1.0, Target.PLATFORM, "bureau", "lie"),)


async def test_it_says_yes_and_throws_away_then_busy_then_a_page_then_the_truth(tmp_path: Path) -> None:
    async with running(tmp_path, events=ALL_ALONG) as platform:
        answers = [await platform.post(readings_message(1.0, seq=number)) for number in range(1, 5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert answers[0].json() == answers[3].json() == {"code": 200, "msg": "stored", "rejected": []}
    assert answers[1].json()["code"] == 500
    assert answers[2].headers["content-type"].startswith("text/html")
    assert rows(tmp_path, "SELECT number FROM message") == [(4,)]


async def test_what_was_thrown_away_shows_as_numbers_that_are_missing(tmp_path: Path) -> None:
    async with running(tmp_path, events=ALL_ALONG) as platform:
        for number in range(1, 5):
            await platform.post(readings_message(1.0, seq=number))

    books = read_books(tmp_path / "bureau.db", "bureau")
    assert books.discarded == {1}
    assert books.numbers == {4}
    assert dict(books.attempts) == {"discarded": 1, "busy": 1, "html": 1, "stored": 1}


async def test_when_the_lies_are_over_everything_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path, events=()) as platform:
        await platform.post(readings_message(1.0, seq=1))

    assert rows(tmp_path, "SELECT number FROM message") == [(1,)]


async def test_the_layout_json_is_read_over_https_too(tmp_path: Path) -> None:
    reading = {"point": "p", "value": 1.5, "quality": "good", "utc_ns": 1, "seq": 1, "index": 0}
    message: dict[str, object] = {
        "id": "m-1",
        "plant": "P-1",
        "gateway": "gw-1",
        "number": 1,
        "kind": "report",
        "durable": True,
        "records": {"epoch": 1, "lane": "reading", "first": 1, "last": 1},
        "readings": [reading],
        "alarms": [],
        "events": [],
    }
    async with running(tmp_path) as platform:
        answer = await platform.post(message)

    assert answer.json()["code"] == 200
    assert rows(tmp_path, "SELECT point, value FROM reading") == [("p", 1.5)]
