"""The outbox against the set model: whatever happens in whatever order, nothing is lost and nothing doubled.

Goal: random appends, hand-outs, acknowledgements out of order, releases, splits,
parkings, connects, removals of old records, destinations that come and go,
clean restarts and crashes.
Method: a state machine drives a real outbox on a real file; after every step the
file, read by the second reader, holds exactly what the model says. After a crash
the file, its log and its mark are as they were at that moment.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from buffering.ledger import Ledger
from buffering.notices import Stretch
from buffering.outbox import Lane, Limits, Message, Outbox, Stream
from buffering.ranges import Range
from buffering.retention import ORDER, _begin, _by_size, go_on
from tests.buffering.model import Model
from tests.buffering.parts import NOW, draft
from tests.buffering.second_reader import SecondReader

CRASHED = ("outbox.db", "outbox.db-wal", "outbox.mark")
NAMES = ("bureau", "county", "province")
PATIENT = Limits(lazy_s=60, silence_s=60)  # acknowledgements ride, or are lost in a crash: both must be seen

lanes = st.lists(st.sampled_from(list(Lane)), min_size=1, max_size=5)
names = st.sampled_from(NAMES)
streams = st.sampled_from([*((stream,) for stream in Stream), (Stream.BACKFILL, Stream.LIVE)])


class OutboxMachine(RuleBasedStateMachine):
    """Steps that a day may hold, in any order."""

    flying: Bundle[Message] = Bundle("flying")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.model = Model()
        self.unsure: list[Message] = []  # acknowledged, and not known to be on the disk
        self.live: set[UUID] = set()  # ids of this run's messages in flight
        self.model.add("bureau")
        self.outbox = self.run(self._open())

    def run(self, awaitable: Awaitable[Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(5):
                return await awaitable

        return self.runner.run(bounded())

    async def _open(self) -> Outbox:
        return await Outbox.open(
            self.folder, gateway="gw-1", destinations=set(self.model.cut), now_ns=NOW, limits=PATIENT
        )

    @initialize()
    def start(self) -> None:
        self.checkpoint()

    @rule(lanes=lanes)
    def append(self, lanes: list[Lane]) -> None:
        """Records are committed together; acknowledgements ride along; alarms are cut at once."""
        self.run(self._append(lanes))
        for lane in sorted(lanes, key=lambda lane: lane is not Lane.ALARM):
            self.model.append(lane)
        self.unsure.clear()
        with SecondReader(self.folder / "outbox.db") as reader:
            for name in self.model.cut:
                for row in reader.messages(name):
                    if row["number"] > self.model.numbers[name]:
                        assert row["stream"] == "alarm"
                        self.model.take(_message(row))

    async def _append(self, lanes: list[Lane]) -> None:
        for lane in lanes:
            self.outbox.append(draft(lane, payload=lane.value.encode()), now_ns=NOW)
        await self.outbox.commit(now_ns=NOW)

    @rule(target=flying, name=names, asked=streams, records_max=st.integers(1, 4))
    def take(self, name: str, asked: tuple[Stream, ...], records_max: int) -> Any:
        message = self._taken(name, asked, records_max)
        return multiple() if message is None else message

    def _taken(self, name: str, asked: tuple[Stream, ...], records_max: int) -> Message | None:
        """A message is one that was handed back, else cut from what is oldest.

        Of one stream the lowest number goes again, of back-fill and live in one the oldest records.
        """
        if name not in self.model.cut:
            return None
        waiting = [m for m in self.model.cut[name].values() if m.stream in asked and m.id not in self.live]
        candidates = sorted(seq for stream in asked for seq in self.model.candidates(name, stream))
        if not waiting and not candidates:
            return None
        message: Message = self.run(self.outbox.next_message(name, *asked, records_max=records_max))
        if waiting:
            expected = min(waiting, key=lambda each: (each.first if len(asked) > 1 else 0, each.number))
            assert _identity(message) == _identity(expected)
        else:
            assert message.first == candidates[0]
            assert message.stream in asked
            of_stream = self.model.candidates(name, message.stream)
            assert set(range(message.first, message.last + 1)) <= set(of_stream)
            assert message.last - message.first < records_max
            self.model.take(message)
            self.unsure.clear()  # the cut made a commit happen
        self.live.add(message.id)
        records = self.run(self.outbox.read(message))
        assert [record.seq for record in records] == list(range(message.first, message.last + 1))
        return message

    @rule(message=consumes(flying))
    def ack(self, message: Message) -> None:
        if self._is_flying(message):
            self.outbox.ack(message)
            self.unsure.append(self.model.cut[message.destination].pop(message.number))

    @rule(message=consumes(flying))
    def release(self, message: Message) -> None:
        if self._is_flying(message):
            self.outbox.release(message)

    @rule(name=names, stream=st.sampled_from([Stream.LIVE, Stream.BACKFILL]), records_max=st.integers(1, 4))
    def widen(self, name: str, stream: Stream, records_max: int) -> None:
        """Nothing of a message is to be sent: it covers what comes next, if that is next to it."""
        self.append([Lane.READING] * 2)
        message = self._taken(name, (stream,), 1)
        if message is None:
            return
        self.live.discard(message.id)
        if self.model.heads[message.lane] <= message.last:
            self.outbox.release(message)  # it would rest
            return
        candidates = self.model.candidates(name, message.stream)
        has_grown = self.run(self.outbox.widening.widen(message, records_max=records_max, bytes_max=9999))
        self.unsure.clear()
        assert has_grown == (candidates[:1] == [message.last + 1])
        with SecondReader(self.folder / "outbox.db") as reader:
            [wide] = [_message(row) for row in reader.messages(name) if row["number"] == message.number]
        assert (wide.id, wide.first) == (message.id, message.first)
        assert has_grown == (message.last < wide.last <= message.last + records_max)
        assert set(range(message.last + 1, wide.last + 1)) <= set(candidates)
        self.model.cut[name][message.number] = wide
        self.model.uncut[name] -= {(Lane.READING, seq) for seq in range(message.last + 1, wide.last + 1)}

    @rule(message=consumes(flying))
    def split(self, message: Message) -> None:
        if message.first == message.last or not self._is_flying(message):
            return
        self.run(self.outbox.split(message))
        self.unsure.clear()
        name = message.destination
        self.model.numbers[name] += 1
        with SecondReader(self.folder / "outbox.db") as reader:
            halves = [_message(row) for row in reader.messages(name)]
        first, second = (
            next(each for each in halves if each.number == number)
            for number in (message.number, self.model.numbers[name])
        )
        assert (first.first, first.last + 1, second.last) == (message.first, second.first, message.last)
        self.model.cut[name] |= {first.number: first, second.number: second}

    @rule(message=consumes(flying))
    def park(self, message: Message) -> None:
        if self._is_flying(message):
            self.run(self.outbox.park(message, "refused"))
            self.unsure.clear()
            name = message.destination
            self.model.parked[name][message.number] = self.model.cut[name].pop(message.number)

    @rule(name=names, drop=st.booleans())
    def unpark(self, name: str, drop: bool) -> None:
        """Somebody decides what becomes of the oldest parked message: it goes after all, or is given up."""
        if not self.model.parked.get(name):
            return
        number = min(self.model.parked[name])
        message = self.model.parked[name].pop(number)
        if drop:
            self.run(self.outbox.again.drop(message, now_ns=NOW))
        else:
            self.run(self.outbox.again.unpark(message))
            self.model.cut[name][number] = message
        self.unsure.clear()
        assert [each.message.number for each in self.outbox.parked(name)] == sorted(self.model.parked[name])

    @rule(name=names)
    def go_live(self, name: str) -> None:
        if name in self.model.cut:
            self.run(self.outbox.go_live(name))
            self.unsure.clear()
            self.model.go_live(name)

    @rule(name=names, lane=st.sampled_from(list(Lane)), first=st.integers(1, 4), length=st.integers(1, 9))
    def again(self, name: str, lane: Lane, first: int, length: int) -> None:
        """A destination lost what it had confirmed; alarms are cut at once, in the event stream."""
        if name not in self.model.cut:
            return
        asked = Stretch(self.outbox.opened.epoch, lane, (Range(first, first + length - 1),))
        self.run(self.outbox.again.send(name, [asked], by="somebody", now_ns=NOW))
        self.unsure.clear()
        self.model.again(name, {(lane, seq) for seq in range(first, first + length)})
        with SecondReader(self.folder / "outbox.db") as reader:
            for row in reader.messages(name):
                if row["number"] > self.model.numbers[name]:
                    assert (row["stream"], row["lane"]) == ("event", "alarm")
                    self.model.take(_message(row))

    @rule(lane=st.sampled_from(list(Lane)), first_kept=st.integers(1, 30))
    def prune(self, lane: Lane, first_kept: int) -> None:
        self.run(self.outbox._calls.run(lambda ledger: ledger.prune(lane, first_kept)))
        self.unsure.clear()
        self.model.prune(lane, first_kept)

    @rule(bytes_over=st.sampled_from([1, 2000, 20_000]))
    def make_room(self, bytes_over: int) -> None:
        """Some records have to go: those that everybody has before those that somebody lacks."""
        with SecondReader(self.folder / "outbox.db") as reader:
            before = {(lane, row["seq"]) for lane in Lane for row in reader.records(lane.value)}
        self.run(self.outbox._calls.run(lambda ledger: _make_room(ledger, bytes_over)))
        self.unsure.clear()
        with SecondReader(self.folder / "outbox.db") as reader:
            gone = before - {(lane, row["seq"]) for lane in Lane for row in reader.records(lane.value)}
        heads = {(lane, self.model.heads[lane]) for lane in Lane}
        lacking = set().union(*self.model.uncut.values())
        removable = before - heads - self.model.in_messages()
        assert gone <= removable
        assert bool(gone) == bool(removable)
        for rank, (lane, unsent) in enumerate(ORDER):
            if gone & {item for item in removable if item[0] is lane and (item in lacking) is unsent}:
                sooner = {
                    item
                    for other, of_unsent in ORDER[:rank]
                    for item in removable
                    if item[0] is other and (item in lacking) is of_unsent
                }
                assert sooner <= gone
        self.model.lose(gone)

    @rule(name=names)
    def restart(self, name: str) -> None:
        """A clean stop; a destination joins or leaves at the next start."""
        self.run(self.outbox.close())
        self.unsure.clear()
        self._start_again(toggled=name)

    @rule()
    def crash(self) -> None:
        """The process dies; acknowledgements that no commit took may come again, whole."""
        image = {name: (self.folder / name).read_bytes() for name in CRASHED}
        self.run(self.outbox.close())
        for name, content in image.items():  # into the files that are there: another file would be a copy
            (self.folder / name).write_bytes(content)
        with SecondReader(self.folder / "outbox.db") as reader:
            for message in self.unsure:
                if any(row["number"] == message.number for row in reader.messages(message.destination)):
                    self.model.cut[message.destination][message.number] = message
        self.unsure.clear()
        self._start_again(toggled=None)

    def _start_again(self, toggled: str | None) -> None:
        if toggled in self.model.cut:
            self.model.remove(toggled)
        elif toggled is not None:
            self.model.add(toggled)
        self.live.clear()
        self.outbox = self.run(self._open())

    def _is_flying(self, message: Message) -> bool:
        """Whether it is still in flight: a restart ends every flight. Leaves it on the ground."""
        is_flying = message.id in self.live
        self.live.discard(message.id)
        return is_flying

    @invariant()
    def checkpoint(self) -> None:
        """The file holds what the model says, each record once."""
        if not hasattr(self, "outbox"):
            return
        with SecondReader(self.folder / "outbox.db") as reader:
            assert reader.faults() == []
            for name in self.model.cut:
                self._check_destination(reader, name)
            for lane in Lane:
                assert self.outbox.head(lane) == self.model.heads[lane]
                stored = [row["seq"] for row in reader.records(lane.value)]
                assert stored == sorted(seq for each, seq in self.model.stored() if each is lane)

    def _check_destination(self, reader: SecondReader, name: str) -> None:
        # An acknowledgement that still waits for a commit to ride on: the file has the message, we do not.
        unsure = {message.number: message for message in self.unsure if message.destination == name}
        expected = {**self.model.cut[name], **self.model.parked[name], **unsure}
        stored = [_identity(_message(row)) for row in reader.messages(name)]
        assert stored == [_identity(message) for _, message in sorted(expected.items())]
        resurrected = [(m.lane.value, seq) for m in unsure.values() for seq in range(m.first, m.last + 1)]
        assert reader.to_send(name) == sorted(self.model.to_send(name) + resurrected)
        in_messages = sum(m.last - m.first + 1 for m in self.model.cut[name].values())
        assert self.outbox.backlog(name).records == len(self.model.uncut[name]) + in_messages

    def teardown(self) -> None:
        self.run(self.outbox.close())
        self.runner.close()
        shutil.rmtree(self.folder)


def _make_room(ledger: Ledger, bytes_over: int) -> None:
    plan = _by_size(ledger, bytes_over)
    plan = plan and _begin(ledger, plan, NOW, 100)
    while plan is not None and plan.ranges:
        plan = go_on(ledger, plan, 100)


def _message(row: Any) -> Message:
    span = (row["epoch"], Lane(row["lane"]), row["first"], row["last"])
    return Message(UUID(bytes=row["id"]), row["destination"], row["number"], Stream(row["stream"]), *span)


def _identity(message: Message) -> tuple[object, ...]:
    return (message.id, message.number, message.stream, message.lane, message.first, message.last)


OutboxMachine.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestOutbox = OutboxMachine.TestCase
