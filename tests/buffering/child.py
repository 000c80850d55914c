"""A process to be killed: it appends, commits and forwards, and notes what it was told is durable.

    python -m tests.buffering.child FOLDER NOTES SEED STORE
    python -m tests.buffering.child            (reads such arguments line by line, and forks a child for each)

Each note is one line in one write, made only after the outbox has said so:

    committed LANE UID SEQ                        a record is durable (an event's seq is not known: 0)
    message STREAM NUMBER ID LANE FIRST LAST      a message was handed out
    acked NUMBER                                  it is being acknowledged (durable a little later)
    damaged LANE SEQ                              a record of it could not be read

On its standard output it says its PID and READY, and COMMITTED after each commit;
who forked it says how it ended: KILLED, or FAILED.

STORE names the store class to use, `module:Class`: a mutant must be found out.
The store is kept small, so that removing, giving up, signing and looking for damage
go on all the time. Imports nothing of the project but buffering.
"""

import asyncio
import hashlib
import os
import random
import signal
import sys
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

from buffering.notices import GivenUp, Notice
from buffering.outbox import DamagedRecord, Draft, Keeping, Lane, Limits, Outbox, Stream

_LANES = (Lane.READING, Lane.READING, Lane.READING, Lane.EVENT, Lane.ALARM)


SIZE_BYTES = 2_500_000
READY, COMMITTED, KILLED, FAILED = b"ready", b".", b"x", b"!"
PID_DIGITS = 8


class Key:
    """Signs after a fashion: what matters here is that the row is written."""

    public_key = bytes(32)

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes."""
        return hashlib.sha512(data).digest()


def describe(notice: Notice, now_ns: int) -> Draft:
    """Make an event of a notice, in words that the checker knows."""
    match notice:
        case GivenUp(_, _, lane, first, last):
            words = f"notice given-up {lane.value} {first} {last}"
        case _:
            words = f"notice {notice!r}"
    return Draft(Lane.EVENT, words.encode(), now_ns, now_ns, 1, uuid4())


class Child:
    """What the process does until it is killed."""

    def __init__(self, outbox: Outbox, notes: int, rng: random.Random) -> None:
        self._outbox = outbox
        self._notes = notes
        self._rng = rng

    def note(self, *words: object) -> None:
        """Write one line; what a process has written survives its death."""
        os.write(self._notes, (" ".join(map(str, words)) + "\n").encode())

    async def append(self) -> None:
        """Append a few records and commit, again and again, each lane's newest uid kept in the state."""
        while True:
            drafts = [self._draft() for _ in range(self._rng.randint(1, 4))]
            for draft in drafts:
                self._outbox.append(draft, now_ns=2, state={draft.lane.value: draft.uid.bytes})
            await self._outbox.commit(now_ns=2)
            heads = {lane: self._outbox.head(lane) for lane in Lane}
            for draft in reversed(drafts):
                lane = draft.lane
                self.note("committed", lane.value, draft.uid, 0 if lane is Lane.EVENT else heads[lane])
                heads[lane] -= 1
            os.write(sys.stdout.fileno(), COMMITTED)

    async def keep(self) -> None:
        """Tidy up, sign and look for damage, without a rest."""
        current = None
        while True:
            await self._outbox.upkeep.tidy(now_ns=2, trust_time=False)
            self._outbox.upkeep.sign(now_ns=2)
            current = await self._outbox.mending.scrub(current)

    def _draft(self) -> Draft:
        uid = UUID(bytes=self._rng.randbytes(16))
        lane = self._rng.choice(_LANES)
        # Events are small: they are to outlive the readings, so that the checker sees each of them.
        size = 1 if lane is Lane.EVENT else self._rng.randint(1, 200)
        return Draft(lane, uid.bytes * size, 1, 2, 3, uid)

    async def forward(self, stream: Stream) -> None:
        """Take messages; acknowledge some, hand some back, keep some in flight."""
        while True:
            message = await self._outbox.next_message("bureau", stream, records_max=3)
            span = (message.lane.value, message.first, message.last)
            self.note("message", stream.value, message.number, message.id, *span)
            try:
                await self._outbox.read(message)
            except DamagedRecord as damaged:
                self.note("damaged", damaged.lane.value, damaged.seq)
            match self._rng.choice(("ack", "ack", "ack", "release", "keep")):
                case "ack":
                    self.note("acked", message.number)
                    self._outbox.ack(message)
                case "release":
                    self._outbox.release(message)
                    await asyncio.sleep(0)


async def main(folder: str, notes: str, seed: str, store: str) -> None:
    """Run until killed."""
    module, name = store.split(":")
    rng = random.Random(int(seed))
    outbox = await Outbox.open(
        Path(folder),
        gateway="gw-1",
        destinations=("bureau",),
        now_ns=1,
        limits=Limits(lazy_s=0.01),
        keeping=Keeping(size_bytes=SIZE_BYTES),
        describe=describe,
        signer=Key(),
        open_store=getattr(import_module(module), name).open,
    )
    child = Child(outbox, os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT), rng)
    await outbox.go_live("bureau")
    async with asyncio.TaskGroup() as group:
        group.create_task(child.append())
        group.create_task(child.keep())
        for stream in Stream:
            group.create_task(child.forward(stream))
        os.write(sys.stdout.fileno(), b"%0*d" % (PID_DIGITS, os.getpid()) + READY)


def fork_for_each_line() -> None:
    """Fork, wait, say how it ended: what takes long is to start Python, and that is not what is tried."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            asyncio.run(main(*line.split()))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        os.write(sys.stdout.fileno(), KILLED if was_killed else FAILED)


if __name__ == "__main__":
    if sys.argv[1:]:
        asyncio.run(main(*sys.argv[1:]))
    else:
        fork_for_each_line()
