"""What the outbox promises about what is still to send, as plain sets. Kept naive on purpose."""

from dataclasses import dataclass, field

from buffering.record import Lane, Message, Stream

Item = tuple[Lane, int]
_LANE = {
    Stream.LIVE: Lane.READING,
    Stream.BACKFILL: Lane.READING,
    Stream.EVENT: Lane.EVENT,
    Stream.ALARM: Lane.ALARM,
}


@dataclass
class Model:
    """Records are numbers; each destination has what is not yet cut, what is cut, what is parked."""

    heads: dict[Lane, int] = field(default_factory=lambda: dict.fromkeys(Lane, 0))
    gone: set[Item] = field(default_factory=set)  # no longer in the store
    uncut: dict[str, set[Item]] = field(default_factory=dict)
    cut: dict[str, dict[int, Message]] = field(default_factory=dict)  # by number; not acknowledged
    parked: dict[str, dict[int, Message]] = field(default_factory=dict)
    late: dict[str, set[Item]] = field(default_factory=dict)  # readings that are back-fill
    numbers: dict[str, int] = field(default_factory=dict)  # the newest given out

    def add(self, name: str) -> None:
        """A new destination gets all there is, readings as back-fill."""
        self.uncut[name] = self.stored()
        self.late[name] = set(self.uncut[name])
        self.cut[name], self.parked[name], self.numbers[name] = {}, {}, 0

    def remove(self, name: str) -> None:
        """A removed destination keeps nothing."""
        del self.uncut[name], self.late[name], self.cut[name], self.parked[name], self.numbers[name]

    def append(self, lane: Lane) -> None:
        """Everyone is to get a new record."""
        self.heads[lane] += 1
        for items in self.uncut.values():
            items.add((lane, self.heads[lane]))

    def go_live(self, name: str) -> None:
        """What is there now is back-fill."""
        self.late[name] |= self.uncut[name]

    def again(self, name: str, asked: set[Item]) -> None:
        """What is there and not on its way is to be sent once more; readings as back-fill, alarms at once."""
        on_their_way = set().union(*(items(m) for by in (self.cut, self.parked) for m in by[name].values()))
        wanted = (asked & self.stored()) - self.uncut[name] - on_their_way
        self.uncut[name] |= wanted
        self.late[name] |= wanted

    def prune(self, lane: Lane, first_kept: int) -> None:
        """Old records are gone, but for the newest and for what messages hold."""
        on_their_way = [seq for each, seq in self.in_messages() if each is lane]
        limit = min([first_kept, self.heads[lane], *on_their_way])
        self.lose({(lane, seq) for seq in range(1, limit)})

    def lose(self, lost: set[Item]) -> None:
        """Records leave the store, and nobody is to get them; before such a hole all is back-fill."""
        self.gone |= lost
        for name, uncut in self.uncut.items():
            hole = max((seq for lane, seq in lost & uncut if lane is Lane.READING), default=0)
            uncut -= lost
            self.late[name] |= {(lane, seq) for lane, seq in uncut if lane is Lane.READING and seq < hole}

    def stored(self) -> set[Item]:
        """Return what is there."""
        everything = {(lane, seq) for lane in Lane for seq in range(1, self.heads[lane] + 1)}
        return everything - self.gone

    def in_messages(self) -> set[Item]:
        """Return what messages hold, parked ones too."""
        by_name = (*self.cut.values(), *self.parked.values())
        return {item for by_number in by_name for message in by_number.values() for item in items(message)}

    def candidates(self, name: str, stream: Stream) -> list[int]:
        """Return what the stream can cut from, oldest first."""
        wanted = {item for item in self.uncut[name] if item[0] is _LANE[stream]}
        if stream is Stream.LIVE:
            wanted -= self.late[name]
        if stream is Stream.BACKFILL:
            wanted &= self.late[name]
        return sorted(seq for _, seq in wanted)

    def take(self, message: Message) -> None:
        """A message was cut: it has the next number, and its records are nowhere else."""
        name = message.destination
        self.numbers[name] += 1
        assert message.number == self.numbers[name]
        self.uncut[name] -= items(message)
        self.cut[name][message.number] = message

    def to_send(self, name: str) -> list[tuple[str, int]]:
        """Return everything still to send, parked messages with it."""
        messages = [*self.cut[name].values(), *self.parked[name].values()]
        everything = self.uncut[name].union(*map(items, messages))
        return sorted((lane.value, seq) for lane, seq in everything)


def items(message: Message) -> set[Item]:
    """Return the records of a message."""
    return {(message.lane, seq) for seq in range(message.first, message.last + 1)}
