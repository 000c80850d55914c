"""What the log says of a disk that fails: once when it begins, once when it is over."""

import logging

import pytest

from agent.store_trouble import StoreTroubleLog
from agent.words_store import not_stored
from buffering.status import Holding, StoreTrouble
from tests.agent.parts import HandClock

ROOM, FULL = Holding(1, 2), Holding(1, 2, is_disk_full=True)


def trouble(reason: str) -> StoreTrouble:
    return StoreTrouble(reason, "", 0)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "agent.store_trouble")
    return caplog


def test_a_full_disk_is_told_once_though_records_make_room_again_and_again(
    said: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()
    log = StoreTroubleLog(clock)
    for _ in range(5):
        log.hear(trouble("disk-full"))
        log.hear(None)
        log.round_over(FULL)
        clock.move(60)
        log.round_over(FULL)
    assert [record.levelname for record in said.records] == ["ERROR"]
    assert "the disk is full" in said.text

    log.round_over(ROOM)
    log.round_over(ROOM)
    assert [record.levelname for record in said.records] == ["ERROR", "INFO"]
    assert "takes data again; trouble (the disk was full) lasted about 300 s" in said.text


def test_another_reason_is_told_by_itself_and_nothing_is_over_while_one_stands(
    said: pytest.LogCaptureFixture,
) -> None:
    log = StoreTroubleLog(HandClock())
    log.hear(trouble("no-answer"))
    log.hear(trouble("read-only"))
    log.round_over(ROOM)
    log.round_over(ROOM)
    assert [record.levelname for record in said.records] == ["ERROR", "ERROR"]
    log.hear(None)
    log.round_over(ROOM)
    log.round_over(ROOM)
    assert [record.levelname for record in said.records] == ["ERROR"] * 2 + ["INFO"] * 2


def test_a_round_with_trouble_in_it_ends_nothing(said: pytest.LogCaptureFixture) -> None:
    log = StoreTroubleLog(HandClock())
    log.hear(trouble("no-answer"))
    log.hear(None)
    log.round_over(ROOM)
    assert len(said.records) == 1
    log.round_over(ROOM)
    assert len(said.records) == 2


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("disk-full", "the disk was full"),
        ("quota", "max_size"),
        ("no-answer", "did not answer"),
        ("", "slow"),
    ],
)
def test_what_could_not_be_stored_says_what_the_disk_failed_with(reason: str, words: str) -> None:
    assert words in not_stored(3, reason).en
