"""Kills the child at random points, and holds what it noted against what the file has."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.buffering.second_reader import LANES, SecondReader


def kill_once(folder: Path, notes: Path, *, seed: int, store: str) -> None:
    """Start the child, let it work for a random moment, and kill it without warning."""
    command = [sys.executable, "-m", "tests.buffering.child", str(folder), str(notes), str(seed), store]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        # The moment is what the test is about: nothing to wait for, but chance.
        try:
            child.wait(timeout=random.Random(seed).uniform(0.01, 0.25))
        except subprocess.TimeoutExpired:
            child.kill()
        assert child.wait() == -9


def broken_promises(folder: Path, notes: Path) -> list[str]:
    """Return every promise that the file does not keep."""
    noted = [line.split() for line in notes.read_text().splitlines()]
    with SecondReader(folder / "outbox.db") as reader:
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
    for kind, *words in noted:
        if kind != "committed" or (words[0], words[1].replace("-", "")) in stored:
            continue
        lane, uid, seq = words
        if (lane, int(seq) or int(seen.get(uid.replace("-", ""), "0"))) not in removed:
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
