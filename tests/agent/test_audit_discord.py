"""`edge-agent audit verify` on stores whose tables, schema and mark contradict each other."""

from dataclasses import replace
from pathlib import Path

import pytest

from buffering.mark import Mark
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
