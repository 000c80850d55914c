"""`edge-agent audit verify` on stores whose tables, schema and mark contradict each other."""

from dataclasses import replace
from pathlib import Path

import pytest

from buffering.mark import Mark
from buffering.outbox import Keeping
from tests.agent.parts import HandClock
from tests.agent.recorded import recording
from tests.agent.test_audit_verify import CO, PLANT, alter, run, store, told

__all__ = ["store"]

UNCHECKED = (
    "UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (next_number > 0)', '') WHERE name = 'destination'"
)
DISCORDS: dict[str, tuple[list[str], str, str]] = {
    "a trigger": (
        ["CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM pending; END"],
        "schema-added",
        "trigger t",
    ),
    "a view": (["CREATE VIEW v AS SELECT * FROM record"], "schema-added", "view v"),
    "a check taken off": (
        [
            "PRAGMA writable_schema = 1",
            UNCHECKED,
        ],
        "schema-altered",
        "table destination",
    ),
    "an earlier epoch": (["UPDATE meta SET value = value - 1 WHERE key = 'epoch'"], "epoch", ""),
    "a later epoch": (["UPDATE meta SET value = value + 1 WHERE key = 'epoch'"], "epoch", ""),
    "nothing to be sent": (["DELETE FROM pending"], "not-awaited", "bureau, reading"),
    "a destination deleted": (
        ["DELETE FROM destination"],
        "destination-gone",
        "bureau (mark, pending, message)",
    ),
    "a destination wholly deleted": (
        [f"DELETE FROM {table}" for table in ("destination", "pending", "message")],
        "destination-gone",
        "bureau (mark)",
    ),
    "rows of a destination that there is not": (
        ["INSERT INTO pending VALUES ('ghost', 1, 'reading', 1, NULL)"],
        "destination-gone",
        "ghost (pending)",
    ),
    "numbers set back": (["UPDATE destination SET next_number = 1"], "numbers-behind", "bureau: 1 < "),
}


@pytest.mark.parametrize("forgery", DISCORDS)
async def test_what_contradicts_the_rest_of_the_store_is_told(
    store: Path, capsys: pytest.CaptureFixture[str], forgery: str
) -> None:
    statements, what, detail = DISCORDS[forgery]
    alter(store, *statements)
    found = told(capsys, store)["discords"]
    assert [each for each in found if each["what"] == what and each["detail"].startswith(detail)], found
    code, out, _ = run(capsys, "--state", store)
    assert code == 1
    assert "! " in out


async def test_an_epoch_that_was_made_up_is_told_though_the_agent_went_on_in_it(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(store, "UPDATE meta SET value = value + 1000000 WHERE key = 'epoch'")
    mark = Mark(store)
    found = mark.read()
    assert found is not None
    mark.write(replace(found[0], epoch=found[0].epoch + 1_000_000, heads={}))  # as whoever did it could
    mark.close()
    async with recording(store, PLANT, HandClock()) as desk:
        assert desk.outbox.opened.begun is None
        await desk.read(CO.id, 1)
    assert "epoch-unsaid" in {each["what"] for each in told(capsys, store)["discords"]}


@pytest.mark.parametrize("lane", ["alarm", "event", "reading"])
async def test_a_whole_lane_that_was_taken_out_is_told_by_the_mark(
    store: Path, capsys: pytest.CaptureFixture[str], lane: str
) -> None:
    alter(
        store,
        *(f"DELETE FROM {table} WHERE lane = '{lane}'" for table in ("record", "signature", "message")),
        f"DELETE FROM pending WHERE lane = '{lane}' AND last IS NOT NULL",
    )
    found = told(capsys, store)["breaks"]
    assert ("behind-mark", lane, 1) in {(each["what"], each["lane"], each["first"]) for each in found}


async def test_a_whole_epoch_that_was_taken_out_is_told_by_the_mark(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(store, *(f"DELETE FROM {table}" for table in ("record", "signature", "message", "pending")))
    found = told(capsys, store)["breaks"]
    assert {each["lane"] for each in found if each["what"] == "behind-mark"} == {"alarm", "event", "reading"}


async def test_without_a_mark_the_end_is_not_vouched_for_and_that_is_said(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, store)["has_mark"]
    (store / "outbox.mark").unlink()
    code, out, _ = run(capsys, "--state", store)
    assert code == 0
    assert "no mark (outbox.mark) lies beside it" in out


async def test_a_destination_that_joined_later_is_missed_by_its_event_without_a_mark(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(store, PLANT, HandClock(), destinations=("bureau", "county")):
        pass
    assert told(capsys, store)["discords"] == []
    (store / "outbox.mark").unlink()
    alter(
        store,
        "DELETE FROM destination WHERE name = 'county'",
        *(f"DELETE FROM {table} WHERE destination = 'county'" for table in ("pending", "message")),
    )
    assert details(capsys, store) == ["county (event)"]
    code, out, _ = run(capsys, "--state", store, "--destination", "county")
    assert (code, "county (event)" in out) == (1, True), "not: no such destination"


async def test_one_that_left_or_was_renamed_is_not_missed_also_by_a_mark_of_before(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(store, PLANT, HandClock(), destinations=("bureau", "county")):
        pass
    before = (store / "outbox.mark").read_bytes()
    renamed = Keeping(renamed={"province": "bureau"})
    async with recording(store, PLANT, HandClock(), destinations=("province",), keeping=renamed):
        pass
    assert told(capsys, store)["discords"] == []
    (store / "outbox.mark").write_bytes(before)  # as after a power cut
    assert told(capsys, store)["discords"] == []
    alter(store, "DELETE FROM destination")
    assert details(capsys, store) == ["province (event, pending, message)"]


async def test_a_mark_of_an_earlier_epoch_misses_nobody(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Mark(store).read()
    assert before is not None
    (store / "outbox.mark").unlink()  # so that the next start begins a new epoch
    async with recording(store, PLANT, HandClock()) as desk:
        assert desk.outbox.opened.begun is not None
    (store / "outbox.mark").unlink()
    mark = Mark(store)
    mark.write(replace(before[0], numbers={**before[0].numbers, "county": 7}))
    mark.close()
    assert told(capsys, store)["discords"] == []


def details(capsys: pytest.CaptureFixture[str], folder: Path) -> list[str]:
    found = told(capsys, folder)["discords"]
    return [each["detail"] for each in found if each["what"] == "destination-gone"]
