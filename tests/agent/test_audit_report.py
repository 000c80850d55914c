"""`edge-agent audit report`: a day on a page, counted from a store that a real recorder and outbox made."""

import argparse
import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.cli import audit_report
from buffering.heads import fingerprint
from buffering.outbox import Keeping
from buffering.record import Stream
from config.model import LimitKind, Text
from drivers.reading import Quality
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.recorded import KEY, recording

CO = point()
WATER = point("hood.flow", 1, unit="m3/h")
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]), device("hood", [WATER], []))
DAY = "2026-09-21"
BEGIN = "22:13:20.000"


class Cells(HTMLParser):
    """The rows of a page's tables, as texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "br" and self.rows and self.rows[-1]:
            self.rows[-1][-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.rows.append([])  # what follows is in no cell

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")

    def row(self, *words: str) -> list[str]:
        """Return the one row that holds all of these words."""
        [found] = [row for row in self.rows if all(any(word in cell for cell in row) for word in words)]
        return found


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """A hundred seconds: an alarm, a silence, a stop of a minute, one message confirmed, heads signed."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        for second in range(20):
            quality = Quality.COMM_FAULT if 10 <= second < 15 else Quality.GOOD
            await desk.read(CO.id, None if quality else (30 if second < 5 else 1), quality)
            await desk.read(WATER.id, 12)
            clock.move(1)
        await desk.deliver(Stream.LIVE)
        desk.recorder.event(
            {
                "kind": "setting-changed",
                "device": "co-1",
                "point": "co-1.alarm-1",
                "text": {"zh": "由 24 变为 <b>99</b>", "en": "changed from 24 to <b>99</b>"},
            }
        )
        await desk.sign()
    clock.move(60)
    async with recording(tmp_path, PLANT, clock) as desk:
        for _ in range(20):
            await desk.read(CO.id, 2)
            await desk.read(WATER.id, 12)
            clock.move(1)
    return tmp_path


def report(folder: Path, *, day: str = DAY, after_s: float = 100, out: str = "day.html") -> tuple[int, str]:
    """Return the exit code and the page, made `after_s` after the first reading."""
    clock = HandClock()
    clock.move(after_s)
    parser = argparse.ArgumentParser()
    audit_report.add_parser(parser.add_subparsers())
    page = folder / out
    args = parser.parse_args(["report", "--state", str(folder), "--day", day, "--out", str(page), "--force"])
    code = audit_report.run(args, clock)
    return code, page.read_text("utf-8") if page.exists() else ""


async def test_devices_are_counted_against_what_was_to_be_expected(store: Path) -> None:
    code, html = report(store)
    assert code == 0
    page = Cells(html)
    co, water = page.row("co-1 探测器", "100"), page.row("hood 探测器", "100")
    assert co[1:5] == ["100", "40", "5", "35.00 %"]
    assert water[1:5] == ["100", "40", "0", "40.00 %"]
    confirmed = [int(row[8].split()[0]) for row in (co, water)]
    assert sum(confirmed) == 40, "one message, with all that was recorded by then"
    assert "当日尚未结束" in html


async def test_limits_and_what_they_rest_on_are_listed_where_the_file_was_changed(tmp_path: Path) -> None:
    clock, text = HandClock(), {"zh": "已修改", "en": "was changed"}
    async with recording(tmp_path, PLANT, clock) as desk:
        desk.recorder.event({"kind": "limit-changed", "rule": "co-1.co.hihi", "point": CO.id, "text": text})
        desk.recorder.event(
            {"kind": "protection-changed", "rule": None, "of": "area", "id": "shop", "text": text}
        )
        await desk.sign()
    page = Cells(report(tmp_path)[1])
    assert page.row("co-1.co.hihi", "was changed")
    assert page.row("area shop", "was changed")


async def test_in_a_planned_stop_a_device_owes_nothing_and_its_silence_has_a_reason(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        for second in range(60):
            if second in (20, 50):
                state = "begun" if second == 20 else "over"
                stop = {"kind": "planned-stop", "area": "shop", "state": state, "devices": ["hood"]}
                desk.recorder.event({**stop, "rules": [], "text": {"zh": "…", "en": "…"}})
            silent = Quality.COMM_FAULT if 25 <= second < 55 else Quality.GOOD
            for of in (CO, WATER):
                await desk.read(of.id, None if silent else 1, silent)
            clock.move(1)
    page = Cells(report(tmp_path, after_s=60)[1])
    co, water = page.row("co-1 探测器", "60"), page.row("hood 探测器", "30")
    assert co[1:7] == ["60", "60", "30", "50.00 %", "30", "–"], "who measures gas is named in no stop"
    assert water[1:7] == ["30", "30", "5", "83.33 %", "5", "30"]
    rests = page.row("planned stop, as expected")
    assert (rests[0], rests[2], rests[3]) == ("22:13:45.000", "25 秒 25 s", "hood flow")


async def test_every_gap_has_its_reason_and_its_duration(store: Path) -> None:
    page = Cells(report(store)[1])
    down = page.row("the agent was down")
    assert down[0] == "22:13:40.000", "the page's head names the day and its zone"
    assert down[2] == "1 分 1 min"
    silence = page.row("the device did not answer")
    assert silence[2] == "5 秒 5 s"
    assert silence[3] == "co-1 concentration"
    assert not any("nothing on record" in cell for row in page.rows for cell in row), "the stop explains it"


async def test_what_nobody_explained_is_told_as_such(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        for wait in (1, 1, 30, 1):
            await desk.read(CO.id, 1)
            clock.move(wait)
    hole = Cells(report(tmp_path, after_s=33)[1]).row("nothing on record")
    assert hole[2:4] == ["30 秒 30 s", "co-1 concentration"]


async def test_devices_that_were_silent_together_share_a_line_and_others_do_not(tmp_path: Path) -> None:
    points = {name: point(f"{name}.x", index) for index, name in enumerate(("a", "b", "c"))}
    site = plant(*(device(name, [each], []) for name, each in points.items()))
    clock = HandClock()
    async with recording(tmp_path, site, clock) as desk:
        for second in range(20):
            for name, silent in (("a", range(5, 10)), ("b", range(5, 10)), ("c", range(7, 12))):
                quality = Quality.COMM_FAULT if second in silent else Quality.GOOD
                await desk.read(points[name].id, None if quality else 1, quality)
            clock.move(1)
    cells = Cells(report(tmp_path, after_s=20)[1])
    rows = [row for row in cells.rows if len(row) > 5 and "没有应答" in row[4]]
    assert [(row[0], row[3]) for row in rows] == [("22:13:25.000", "a x, b x"), ("22:13:27.000", "c x")]


async def test_an_agent_that_was_stopped_and_is_not_back_is_the_reason(store: Path) -> None:
    page = Cells(report(store, after_s=200)[1])
    stopped = page.row("22:15:00.000", "正常停止")
    assert stopped[1:4] == ["22:16:40.000", "1 分 40 秒 1 min 40 s", "网关 Gateway"]
    assert "尚无记录：下次启动时才写入 no record yet" in stopped[4]
    assert stopped[5] == "尚未告知任何平台 nobody yet", "who confirmed the stop does not know of its length"
    assert not any("nothing on record" in cell for row in page.rows for cell in row)


async def test_alarms_have_their_times_limits_and_basis(store: Path) -> None:
    alarm = Cells(report(store)[1]).row("GB 6222-2005")
    assert alarm[0] == BEGIN
    assert alarm[1] == "22:13:25.000"
    assert "30 ppm" in alarm[2]
    assert alarm[3] == "24 ppm"


async def test_heads_are_printed_with_the_keys_fingerprint_and_checked(store: Path) -> None:
    html = report(store)[1]
    assert fingerprint(KEY.public_key) in html
    assert "核对无误" in html
    assert "核对不符" not in html
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("UPDATE signature SET signature = zeroblob(64)")
    assert "核对不符" in report(store)[1]


async def test_whatever_comes_from_the_store_stays_a_text(store: Path) -> None:
    html = report(store)[1]
    assert "<b>" not in html
    assert "由 24 变为 &lt;b&gt;99&lt;/b&gt;" in html
    assert Cells(html).tags.isdisjoint({"script", "link", "img", "iframe", "b"})
    assert not re.search(r"https?://|url\(|@import", html), "nothing from outside of the file"


async def test_a_name_that_is_markup_stays_a_name(tmp_path: Path) -> None:
    evil = plant(device("co-1", [CO], []))
    object.__setattr__(evil.devices["co-1"], "name", Text("<script>alert(1)</script>", "x</td>"))
    async with recording(tmp_path, evil, HandClock()) as desk:
        await desk.read(CO.id, 1)
    html = report(tmp_path)[1]
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


async def test_refused_parked_and_given_up_readings_are_named(tmp_path: Path) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        await desk.read(CO.id, 30)
        message = await desk.outbox.next_message("bureau", Stream.ALARM)
        await desk.outbox.park(message, "no such point")
        desk.recorder.event(
            {
                "kind": "refused",
                "destination": "bureau",
                "number": message.number,
                "records": [message.epoch, "alarm", 1, 1],
                "text": {"zh": "没有这个点", "en": "no such point"},
            }
        )
        events = [{"number": n, "records": [1, "event", n, n], "items": 1, "reason": "odd"} for n in (7, 8)]
        text = {"zh": "不收事件", "en": "takes no events"}
        desk.recorder.event({"kind": "refused", "destination": "bureau", "refused": events, "text": text})
    page = Cells(report(tmp_path)[1])
    assert page.row("no such point")[1] == "bureau"
    assert page.row("takes no events")[2] == "1/event/7/7, 1/event/8/8"
    assert page.row("1 messages are parked now")[1] == "bureau"


async def test_a_whole_day_of_which_nothing_is_on_record(store: Path) -> None:
    code, html = report(store, day="2026-09-22", after_s=3 * 86_400)
    assert code == 0
    row = Cells(html).row("co-1 探测器", "86,400")
    assert row[1:5] == ["86,400", "0", "0", "0.00 %"]


async def test_a_damaged_record_is_said_on_the_page_and_by_the_exit_code(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("UPDATE record SET payload = x'00' WHERE lane = 'reading' AND seq = 3")
    code, html = report(store)
    assert code == 1
    assert "有 1 条记录损坏" in html
    assert "1 records are damaged" in capsys.readouterr().err


async def test_a_record_that_somebody_took_out_is_said_on_the_page_and_by_the_exit_code(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE lane = 'reading' AND seq = 3")
    code, html = report(store)
    assert code == 1
    assert "缺 1 条记录" in html
    assert "1 records are missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("day", "words"), [("21.9.2026", "is no day"), ("2026-09-30", "2026-09-30 has not begun yet")]
)
async def test_a_day_that_is_none_is_refused(
    store: Path, capsys: pytest.CaptureFixture[str], day: str, words: str
) -> None:
    assert report(store, day=day) == (2, "")
    assert words in capsys.readouterr().err


async def test_a_day_whose_readings_were_removed_since_says_so(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=60)) as desk:
        for _ in range(3):
            await desk.read(CO.id, 1)
            clock.move(86_400)
        await desk.outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=True)
    assert "may have been removed by age or size" in report(tmp_path, after_s=3 * 86_400)[1]
    assert "may have been removed" not in report(tmp_path, day="2026-09-24", after_s=3 * 86_400)[1]


async def test_a_day_before_the_store_began_expects_nothing(store: Path) -> None:
    code, html = report(store, day="2026-09-01")
    assert code == 0
    assert "86,400" not in html


def test_the_clock_of_these_tests_stands_at_the_day() -> None:
    assert HandClock().utc_ns // SECOND == 1_790_000_000
