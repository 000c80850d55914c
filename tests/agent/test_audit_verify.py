"""`edge-agent audit verify` on stores that a real recorder and outbox made: what it tells, when it is red."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.evidence.account import examine
from buffering.beside import StoreBeside
from buffering.database import JOURNAL_BYTES_MAX
from buffering.heads import fingerprint
from buffering.outbox import Keeping, Lane
from buffering.record import Stream
from config.model import LimitKind
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.recorded import KEY, recording
from tests.buffering.second_reader import SecondReader

CO = point()
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]))
HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """Two runs, an hour apart: nine readings, an alarm, a confirmed and a parked message."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        for value in (1, 2, 3, 30, 31):
            await desk.read(CO.id, value)
            clock.move(1)
        await desk.deliver(Stream.LIVE)
        await desk.outbox.park(await desk.outbox.next_message("bureau", Stream.ALARM), "no such point")
        await desk.sign()
    clock.move(HOUR + 300)
    async with recording(tmp_path, PLANT, clock) as desk:
        for value in (4, 5, 6, 7):
            await desk.read(CO.id, value)
            clock.move(1)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["audit", "verify", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def told(capsys: pytest.CaptureFixture[str], folder: Path) -> dict[str, Any]:
    code, out, _ = run(capsys, "--state", folder, "--json")
    found: dict[str, Any] = json.loads(out)
    assert code == (0 if found["whole"] else 1)
    return found


def alter(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "outbox.db", isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


async def test_a_whole_store_is_told_with_its_gaps_heads_and_destinations(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(each.name for each in store.iterdir())
    code, out, err = run(capsys, "--state", store)
    assert (code, err) == (0, "")
    assert "  reading: 1–9; 9 条记录 / records, 9 项 / items; 2026-09-21" in out
    assert "+08:00" in out, "in the plant's zone"
    assert "(1 小时 5 分 / 1 h 5 min): 网关停机（正常停止） / the agent was down (stopped in order)" in out
    assert f"密钥指纹 / key fingerprint {fingerprint(KEY.public_key)}" in out
    assert "结论 / result: 相符" in out
    assert sorted(each.name for each in store.iterdir()) == before, "nothing is left beside it"


async def test_what_a_destination_got_is_what_a_second_reader_counts(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = told(capsys, store)["destinations"]["bureau"]
    with SecondReader(store / "outbox.db") as reader:
        records = sum(len(reader.records(lane)) for lane in ("alarm", "event", "reading"))
        unsettled = len(reader.to_send("bureau"))
    assert tally["parked"] == {"records": 1, "items": 1}
    assert tally["waiting"]["records"] == unsettled - 1
    assert tally["confirmed"]["records"] == records - unsettled
    assert tally["given_up"]["records"] == 0


async def test_one_destination_only_and_one_that_there_is_not(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--state", store, "--destination", "bureau")[0] == 0
    code, out, err = run(capsys, "--state", store, "--destination", "county")
    assert (code, out) == (2, "")
    assert "no destination county" in err


def flip(folder: Path, lane: str, seq: int) -> None:
    """Change one byte of a payload in the file."""
    with closing(sqlite3.connect(folder / "outbox.db")) as db:
        where = "WHERE lane = ? AND seq = ? ORDER BY epoch LIMIT 1"
        [payload] = db.execute(f"SELECT payload FROM record {where}", (lane, seq)).fetchone()
    content = bytearray((folder / "outbox.db").read_bytes())
    content[content.index(payload) + len(payload) // 2] ^= 0x10
    (folder / "outbox.db").write_bytes(content)


READING = "lane = 'reading'"
SAID = "INSERT INTO removed SELECT epoch, lane, {first}, 2, 2, chain, 'retention' FROM record WHERE {where}"
PENDING = "INSERT INTO pending SELECT destination, epoch, lane, 1, 1 FROM pending WHERE {where} LIMIT 1"
MESSAGE = (
    "INSERT INTO message SELECT destination, 99, zeroblob(16), 'live', epoch, lane, 1, 1, 0, NULL"
    " FROM pending WHERE {where} LIMIT 1"
)

FORGERIES: dict[str, tuple[list[str], str, int]] = {
    "payload changed": ([f"UPDATE record SET payload = x'00' WHERE {READING} AND seq = 2"], "payload", 2),
    "header changed": ([f"UPDATE record SET last_ns = 5 WHERE {READING} AND seq = 3"], "chain", 3),
    "record taken out": ([f"DELETE FROM record WHERE {READING} AND seq = 4"], "missing", 4),
    "newest taken out": ([f"DELETE FROM record WHERE {READING} AND seq = 9"], "signed-missing", 9),
    "total changed": ([f"UPDATE record SET total = 99 WHERE {READING} AND seq = 5"], "total", 5),
    "removal unrecorded": (
        [
            SAID.format(first=1, where=f"{READING} AND seq = 2"),
            f"DELETE FROM record WHERE {READING} AND seq < 3",
        ],
        "unsaid",
        1,
    ),
    "removal of what is there": (
        [SAID.format(first=2, where=f"{READING} AND seq = 2")],
        "removed-and-there",
        2,
    ),
    "signature changed": (["UPDATE signature SET signature = zeroblob(64)"], "signature", 1),
    "key not on record": (["DELETE FROM device_key"], "key-unknown", 1),
    "another's key": (["UPDATE device_key SET public_key = zeroblob(32)"], "key-unknown", 1),
    "sent twice": ([PENDING.format(where=READING), MESSAGE.format(where=READING)], "twice", 1),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_was_done_to_a_store_is_told_with_place_and_time(
    store: Path, capsys: pytest.CaptureFixture[str], forgery: str
) -> None:
    statements, what, place = FORGERIES[forgery]
    alter(store, *statements)
    found = told(capsys, store)
    assert (what, place) in {(each["what"], each["first"]) for each in found["breaks"]}
    code, out, err = run(capsys, "--state", store)
    assert (code, err) == (1, "")
    assert "! " in out
    assert "结论 / result: 不符" in out


async def test_a_record_that_is_to_be_sent_twice_is_told_with_its_time(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(store, *FORGERIES["sent twice"][0])
    [found] = told(capsys, store)["breaks"]
    begin_ns = HandClock().utc_ns
    assert (found["what"], found["from_ns"], found["to_ns"]) == ("twice", begin_ns, begin_ns)


async def test_a_payload_changed_together_with_its_hash_breaks_the_chain(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"  # SHA-256 of one zero byte
    where = "WHERE lane = 'reading' AND seq = 6"
    alter(store, f"UPDATE record SET payload = x'00', sha256 = x'{digest}' {where}")
    [found] = told(capsys, store)["breaks"]
    assert (found["what"], found["first"]) == ("chain", 6)
    assert found["from_ns"] == HandClock().utc_ns + (5 + HOUR + 300) * SECOND


async def test_a_tail_that_was_cut_off_with_its_signatures_is_told_by_the_mark(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = "WHERE lane = 'reading' AND seq > 7"
    alter(store, f"DELETE FROM record {where}", f"DELETE FROM signature {where}")
    [found] = told(capsys, store)["breaks"]
    assert (found["what"], found["first"], found["last"]) == ("behind-mark", 8, 9)


async def test_what_was_removed_in_order_is_told_with_its_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=60)) as desk:
        for hours in range(5):
            await desk.read(CO.id, hours)
            clock.move(HOUR)
        await desk.outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=True)
    found = told(capsys, tmp_path)
    [readings] = [lane for lane in found["lanes"] if lane["lane"] == "reading"]
    [gone] = readings["removed"]
    assert (gone["first"], gone["last"], gone["record"]["cause"]) == (1, 4, "age")
    assert found["whole"]
    [given_up] = [gap for gap in found["gaps"] if gap["destination"] == "bureau"]
    assert (given_up["cause"], given_up["items"]) == ("age", 4)


async def test_a_removal_whose_event_is_itself_long_gone_is_no_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Events are kept for years, and then they go as well: with them what they told of the first readings."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=60, events_s=10 * DAY)) as desk:
        for _ in range(40):
            await desk.read(CO.id, 1)
            clock.move(DAY)
            await desk.outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=True)
    found = told(capsys, tmp_path)
    assert found["whole"], found["breaks"]
    assert [lane["removed"] != [] for lane in found["lanes"] if lane["lane"] == "event"] == [True]

    where = f"{READING} AND seq = 40"
    with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
        db.execute(
            f"UPDATE removed SET last = 40, chain = (SELECT chain FROM record WHERE {where}) WHERE {READING}"
        )
        db.execute(f"DELETE FROM record WHERE {where}")
        db.execute(f"DELETE FROM signature WHERE {READING}")
    assert not told(capsys, tmp_path)["whole"]


async def test_a_running_agents_store_is_read_without_delaying_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        first = told(capsys, tmp_path)
        await desk.read(CO.id, 2)
        second = told(capsys, tmp_path)
    assert first["whole"]
    assert second["whole"]
    assert [lane["records"] for lane in second["lanes"] if lane["lane"] == Lane.READING] == [2]


async def test_after_a_salvage_the_store_holds_and_the_file_that_was_set_aside_does_not(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(store, "reading", 4)
    async with recording(store, PLANT, HandClock()) as desk:
        await desk.outbox.mending.salvaged()
    found = told(capsys, store)
    assert found["whole"], found["breaks"]
    [gap] = [each for each in found["gaps"] if each["cause"] == "damage"]
    assert gap["items"] == 1
    [aside] = store.glob("aside-*/outbox.db")
    code, out, _ = run(capsys, "--store", aside)
    assert code == 1
    assert "reading 4, 2026-09-21 22:13:23.000+08:00: 内容与其 SHA-256 不符" in out


async def test_an_event_that_was_altered_is_told_once(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(store, "event", 2)
    assert [each["what"] for each in told(capsys, store)["breaks"]] == ["payload"]


async def test_what_a_destination_refused_of_what_it_confirmed_is_told(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {
        "point": CO.id,
        "epoch": 1,
        "seq": 1,
        "utc_ns": 1,
        "reason": {"zh": "无此点", "en": "no such point"},
    }
    packed = json.dumps({"points": [kept], "readings": [], "unlisted": 3}).encode()
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("INSERT INTO state VALUES ('quarantine/bureau', ?, NULL)", (packed,))
    assert f"kept back of these: points {CO.id}; single readings 3" in run(capsys, "--state", store)[1]


async def test_what_was_refused_is_not_confirmed_and_both_are_told_apart(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five readings were confirmed by record: the first was refused, the point is parked since the fourth."""
    before = told(capsys, store)["destinations"]["bureau"]
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        [epoch] = db.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        begin_ns, reason = HandClock().utc_ns, {"zh": "无此点", "en": "no such point"}
        first, fourth = (
            {
                "point": CO.id,
                "epoch": epoch,
                "seq": n,
                "utc_ns": begin_ns + (n - 1) * SECOND,
                "reason": reason,
            }
            for n in (1, 4)
        )
        packed = json.dumps({"points": [fourth], "readings": [first], "unlisted": 0}).encode()
        db.execute("INSERT INTO state VALUES ('quarantine/bureau', ?, NULL)", (packed,))
    found = told(capsys, store)["destinations"]["bureau"]
    assert found["refused"] == {"records": 0, "items": 3}
    assert found["confirmed"]["items"] == before["confirmed"]["items"] - 3
    out = run(capsys, "--state", store)[1]
    assert "拒收搁置 / refused, set aside 1 (4), 未发 / unsent" in out


async def test_a_copy_can_be_verified_on_its_own(
    store: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path_factory.mktemp("evidence") / "copy.db"
    shutil.copyfile(store / "outbox.db", copy)
    copy.chmod(0o444)
    assert run(capsys, "--store", copy)[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"", "not a store of this agent"),
        (b"garbage" * 1000, "header or schema is damaged"),
    ],
    ids=["missing", "empty", "garbage"],
)
def test_what_is_no_store_is_told(
    content: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "some.db"
    if content is not None:
        file.write_bytes(content)
    code, out, err = run(capsys, "--store", file)
    assert (code, out) == (1, "")
    assert words in err


async def test_any_page_of_a_store_may_be_damaged_and_it_is_told_not_thrown(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each page in turn is overwritten; what is in use is missed, and nothing ends in a traceback."""
    whole = (store / "outbox.db").read_bytes()
    damaged = store / "damaged.db"
    told_of = 0
    for page in range(len(whole) // 1024):
        begin = page * 1024
        damaged.write_bytes(whole[:begin] + b"\xa5" * 1024 + whole[begin + 1024 :])
        code, out, err = run(capsys, "--store", damaged)
        assert code in (0, 1)
        assert code == 0 or "! " in out or err
        told_of += code
    assert told_of > len(whole) // 1024 / 2


async def test_a_store_is_whole_at_every_moment_while_it_is_written_and_tidied(tmp_path: Path) -> None:
    """Walks go on in a thread while records come and go; none sees a break, and the log stays small."""
    clock = HandClock()
    walked = 0

    def walk() -> bool:
        with closing(StoreBeside(tmp_path / "outbox.db")) as store:
            return examine(store, None, only=None, tell=lambda *_: None).is_whole

    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=HOUR)) as desk:
        walking = asyncio.create_task(asyncio.to_thread(walk))
        for number in range(120):
            await desk.read(CO.id, number % 20)
            clock.move(HOUR / 2)
            if number % 30 == 0:
                await desk.outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=True)
            if walking.done():
                assert await walking
                walked += 1
                walking = asyncio.create_task(asyncio.to_thread(walk))
        assert (tmp_path / "outbox.db-wal").stat().st_size < JOURNAL_BYTES_MAX
        assert await walking
    assert walked > 1
