"""`edge-agent export`: what a spreadsheet gets of a store, also without its plant file."""

import csv
import io
import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from agent.cli.main import main
from config.model import Text
from drivers.reading import Quality
from tests.agent.parts import HandClock, device, plant, point
from tests.agent.recorded import recording

CO = point()
RENAMED = point("co-1.concentration", unit="mg/m3")
WATER = point("hood.flow", 1, unit="m3/h")
PLANT = plant(device("co-1", [CO], []), device("hood", [WATER], []))
LATER = plant(device("co-1", [RENAMED], []))
DAY = ("--from", "2026-09-21", "--to", "2026-09-22")


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """Readings of two plant files: the second has another unit, and lacks a device."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1.5)
        clock.move(60)
        await desk.read(WATER.id, "=HYPERLINK(1)")
        clock.move(60)
        await desk.read(CO.id, None, Quality.COMM_FAULT)
    clock.move(86_400)
    async with recording(tmp_path, LATER, clock) as desk:
        await desk.read(CO.id, True)
    return tmp_path


def exported(
    capfdbinary: pytest.CaptureFixture[bytes], *arguments: object
) -> tuple[int, list[list[str]], str]:
    code = main(["export", *map(str, arguments), "--out", "-"])
    captured = capfdbinary.readouterr()
    assert captured.out == b"" or captured.out.startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    rows = list(csv.reader(io.StringIO(captured.out.decode("utf-8-sig"), newline="")))
    return code, rows, captured.err.decode()


async def test_a_row_says_when_what_how_much_and_how_good(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, rows, err = exported(capfdbinary, "--state", store, *DAY)
    assert code == 0
    assert rows[0] == ["时间", "测点", "名称", "位号", "数值", "单位", "质量", "设备时间", "记录"]
    first, _, lost = rows[1:]
    assert first[:8] == ["2026-09-21 22:13:20.000+08:00", CO.id, "浓度", "", "1.5", "ppm", "good", ""]
    assert first[8].endswith("/reading/1/0")
    assert lost[4:7] == ["", "ppm", "comm-fault"], "no value is no value, never 0"
    assert "3 readings exported" in err


async def test_points_are_what_they_were_when_they_were_read(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _, rows, _ = exported(capfdbinary, "--state", store, "--from", "2026-09-21", "--to", "2026-09-24")
    assert [row[5] for row in rows[1:]] == ["ppm", "m3/h", "ppm", "mg/m3"]
    assert rows[4][4] == "true"


async def test_a_text_from_a_device_is_never_a_formula(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _, rows, _ = exported(capfdbinary, "--state", store, *DAY, "--point", WATER.id)
    assert [row[4] for row in rows[1:]] == ["'=HYPERLINK(1)"]


async def test_devices_and_points_add_up_and_an_unknown_one_is_refused(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _, rows, _ = exported(capfdbinary, "--state", store, *DAY, "--device", "co-1", "--point", WATER.id)
    assert len(rows) == 4
    code, rows, err = exported(capfdbinary, "--state", store, *DAY, "--device", "co-2")
    assert (code, rows) == (2, [])
    assert "has never known co-2; there are: co-1, hood" in err


@pytest.mark.parametrize(
    ("begin", "end", "count"),
    [
        ("2026-09-21T22:13:20", "2026-09-21T22:14:20", 1),
        ("2026-09-21T22:13:20+08:00", "2026-09-21T14:14:20.001+00:00", 2),
        ("2026-09-21T22:13:20.001", "2026-09-21T22:15:20", 1),
        ("2027-01-01", "2028-01-01", 0),
    ],
)
async def test_from_is_included_and_to_is_not(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes], begin: str, end: str, count: int
) -> None:
    code, rows, _ = exported(capfdbinary, "--state", store, "--from", begin, "--to", end)
    assert (code, len(rows) - 1) == (0, count)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [("yesterday", "2026-09-22", "'yesterday' is no time"), ("2026-09-22", "2026-09-22", "must be later")],
)
async def test_a_time_that_is_none_is_refused(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes], begin: str, end: str, words: str
) -> None:
    code, rows, err = exported(capfdbinary, "--state", store, "--from", begin, "--to", end)
    assert (code, rows) == (2, [])
    assert words in err


async def test_a_file_is_whole_or_not_there_and_never_replaced_unasked(
    store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "day.csv"
    command = ["export", "--state", str(store), *DAY, "--out", str(out)]
    assert main(command) == 0
    whole = out.read_bytes()
    assert main(command) == 1
    assert "--force replaces it" in capfd.readouterr().err
    assert main([*command, "--force"]) == 0
    assert out.read_bytes() == whole
    assert main(["export", "--store", str(out), *DAY, "--out", str(tmp_path / "other.csv")]) == 1
    assert sorted(each.name for each in tmp_path.glob("*.csv*")) == ["day.csv"]


async def test_what_is_damaged_is_left_out_and_told(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("UPDATE record SET payload = x'00' WHERE lane = 'reading' AND seq = 2")
    code, rows, err = exported(capfdbinary, "--state", store, *DAY)
    assert (code, len(rows) - 1) == (1, 2)
    assert "1 records are damaged and were left out" in err


async def test_the_catalogue_is_found_in_the_event_lane_when_the_state_has_lost_it(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("DELETE FROM state")
    assert exported(capfdbinary, "--state", store, *DAY)[1][1][1] == CO.id
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE lane = 'event'")
    assert exported(capfdbinary, "--state", store, *DAY)[1][1][1].startswith("?"), "no name is made up"


async def test_a_running_agent_is_exported_from_beside(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        await desk.read(CO.id, 7)
        assert [row[4] for row in exported(capfdbinary, "--state", tmp_path, *DAY)[1][1:]] == ["7"]


async def test_memory_does_not_grow_with_what_is_exported(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        for _ in range(20):
            for value in range(1000):
                clock.move(0.001)
                desk.recorder.scan(desk.scan_of(CO.id, value))
            await desk.recorder.flush()
    peaks = []
    for seconds in (1, 20):
        end = f"2026-09-21T22:13:{20 + seconds}"
        command = ["export", "--state", str(tmp_path), "--from", "2026-09-21", "--to", end]
        tracemalloc.start()
        assert main([*command, "--out", str(tmp_path / f"{seconds}.csv")]) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len((tmp_path / "20.csv").read_bytes()) > 15 * len((tmp_path / "1.csv").read_bytes())
    assert peaks[1] < 2 * peaks[0] + 2_000_000


async def test_a_name_stands_in_the_language_that_is_asked_for(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert Text("浓度", "concentration") == CO.name
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        await desk.read(CO.id, 7)
    _, rows, _ = exported(capfdbinary, "--state", tmp_path, *DAY, "--lang", "en")
    assert rows[0][0] == "time"
    assert rows[1][2] == "concentration"


async def test_what_the_table_lacks_is_said_beside_it(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with closing(sqlite3.connect(store / "outbox.db")) as db, db:
        db.execute("DELETE FROM record WHERE lane = 'reading' AND seq = 2")
    code, rows, err = exported(capfdbinary, "--state", store, *DAY)
    assert (code, len(rows)) == (1, 3)
    assert "1 records of this time are missing, and nothing says why" in err


async def test_gaps_of_the_time_are_counted_with_their_cause(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, _, err = exported(capfdbinary, "--state", store, "--from", "2026-09-21", "--to", "2026-09-24")
    assert code == 0
    assert "1 gaps are on record in this time" in err


async def test_an_empty_table_says_what_times_the_store_holds(
    store: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, rows, err = exported(capfdbinary, "--state", store, "--from", "2020-01-01", "--to", "2020-01-02")
    assert (code, len(rows)) == (0, 1)
    assert "it has readings from 2026-09-21 22:13:20.000+08:00 to 2026-09-22" in err
