"""Kills the child at random points, and holds what it noted against what the file has."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.buffering.child import COMMITTED, KILLED, PID_DIGITS, READY
from tests.buffering.second_reader import LANES, SecondReader

COMMITS_MAX = 50
MOMENT_MAX_S = 0.01


class Killer:
    """Starts children and kills them, as often as it is told to."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.buffering.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.kill()
        self._parent.communicate()

    def kill_once(self, folder: Path, notes: Path, *, seed: int, store: str) -> None:
        """Start a child, let it make a random number of commits, and kill it without warning.

        What it may do is counted and not timed: a busy machine must not leave it without work.
        """
        assert self._parent.stdin is not None
        rng = random.Random(seed)
        self._parent.stdin.write(f"{folder} {notes} {seed} {store}\n".encode())
        pid = int(self._read(PID_DIGITS))
        assert self._read(len(READY)) == READY
        for _ in range(rng.randint(0, COMMITS_MAX)):
            assert self._read(1) == COMMITTED
        # The moment is what the test is about: nothing to wait for, but chance.
        with suppress(subprocess.TimeoutExpired):
            self._parent.wait(timeout=rng.uniform(0, MOMENT_MAX_S))
        os.kill(pid, signal.SIGKILL)
        while (said := self._read(1)) == COMMITTED:
            pass
        assert said == KILLED

    def _read(self, size: int) -> bytes:
        assert self._parent.stdout is not None
        said = b""
        while len(said) < size:
            more = self._parent.stdout.read(size - len(said))
            assert more, "the children's parent is gone"
            said += more
        return said


def broken_promises(folder: Path, notes: Path) -> list[str]:
    """Return every promise that the file does not keep."""
    noted = [line.split() for line in notes.read_text().splitlines()] if notes.exists() else []
    try:
        opened = SecondReader(folder / "outbox.db")
    except sqlite3.OperationalError as error:
        return [f"not readable: {error}"]
    with opened as reader:
        noted += _see_events(reader, notes, {words[1] for kind, *words in noted if kind == "seen"})
        return [
            *reader.faults(),
            *_lost(reader, noted),
            *_state(reader),
            *_messages(reader, noted),
            *_given_up(reader, noted),
        ]


def _see_events(reader: SecondReader, notes: Path, known: set[str]) -> list[list[str]]:
    """Note every event's number, which the child cannot know, and notices, before they may be removed."""
    new = []
    for row in reader.records("event"):
        if str(row["seq"]) not in known:
            new.append(["seen", row["uid"].hex(), str(row["seq"])])
            words = row["payload"].decode(errors="replace").split()
            new += [words] if words[:2] == ["notice", "given-up"] else []
    with notes.open("a") as file:
        file.writelines(" ".join(words) + "\n" for words in new)
    return new


def _lost(reader: SecondReader, noted: list[list[str]]) -> Iterator[str]:
    stored = {(lane, row["uid"].hex()) for lane in LANES for row in reader.records(lane)}
    removed, seen = reader.removed(), {words[0]: words[1] for kind, *words in noted if kind == "seen"}
    # An event that came and went in one child's life was never seen: then a removed number is nobody's.
    nobodys = len({seq for lane, seq in removed if lane == "event"} - {int(seq) for seq in seen.values()})
    for kind, *words in noted:
        if kind != "committed" or (words[0], words[1].replace("-", "")) in stored:
            continue
        lane, uid, seq = words
        number = int(seq) or int(seen.get(uid.replace("-", ""), "0"))
        if not number and nobodys:
            nobodys -= 1
        elif (lane, number) not in removed:
            yield f"acknowledged and lost: {words}"
    for kind, *words in noted:
        if kind == "damaged":
            yield f"handed out and not readable: {words}"


def _state(reader: SecondReader) -> Iterator[str]:
    """The state names the newest record of each lane: it was written in that record's transaction."""
    state = reader.state()
    for lane in LANES:
        records = [row for row in reader.records(lane) if not row["payload"].startswith(b"notice")]
        if records and state.get(lane) != records[-1]["uid"]:
            yield f"state and {lane} lane disagree"


def _messages(reader: SecondReader, noted: list[list[str]]) -> Iterator[str]:
    """A message handed out and not acknowledged is there, as it was; and nothing is in two places."""
    acked = {words[0] for kind, *words in noted if kind == "acked"}
    there = {
        str(row["number"]): [row["stream"], row["id"].hex(), row["lane"], row["first"], row["last"]]
        for row in reader.messages("bureau")
    }
    for kind, *words in noted:
        if kind != "message" or words[1] in acked:
            continue
        stream, number, message_id, lane, first, last = words
        handed_out = [stream, message_id.replace("-", ""), lane, int(first), int(last)]
        if there.get(number) != handed_out:
            yield f"message {number} was {handed_out}, is {there.get(number)}"
    given: dict[str, list[str]] = {}
    for kind, *words in noted:
        if kind == "message" and given.setdefault(words[1], words) != words:
            yield f"number {words[1]} was given to {given[words[1]]} and to {words}"
    places = reader.to_send("bureau")
    if len(places) != len(set(places)):
        yield "a record is to be sent twice"


def _given_up(reader: SecondReader, noted: list[list[str]]) -> Iterator[str]:
    """What was removed had been delivered, or was given up with a word about it."""
    acked = {words[0] for kind, *words in noted if kind == "acked"}
    answered_for = {
        (words[3], seq)
        for kind, *words in noted
        if kind == "message" and words[1] in acked
        for seq in range(int(words[4]), int(words[5]) + 1)
    }
    for kind, *words in noted:
        if kind == "notice":
            _, lane, first, last = words
            answered_for |= {(lane, seq) for seq in range(int(first), int(last) + 1)}
    for lane, seq in sorted(reader.removed() - answered_for):
        yield f"removed without a word: {lane} {seq}"
    for lane, seq in set(reader.to_send("bureau")) & reader.removed():
        yield f"still to be sent and not there: {lane} {seq}"
