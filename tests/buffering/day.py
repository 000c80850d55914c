"""One of everything that an outbox does, and what must be in its file afterwards."""

import asyncio
from pathlib import Path

from buffering.outbox import Lane, Message, Outbox, Stream
from tests.buffering.parts import NOW, commit, draft
from tests.buffering.second_reader import SecondReader

DESTINATIONS = ("bureau", "county")


async def day(outbox: Outbox) -> None:
    """Do one of everything, whatever the disk does meanwhile."""
    request = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
    outbox.append(draft(payload=b"1"), now_ns=NOW, state={"last": b"1"})
    outbox.append(draft(payload=b"2"), now_ns=NOW, state={"last": b"2"})
    await outbox.commit(now_ns=NOW)
    await _received(outbox, await request, [b"1", b"2"])
    await commit(outbox, draft(Lane.ALARM, payload=b"a"), draft(Lane.EVENT, payload=b"e"))
    await outbox.go_live("bureau")
    await commit(outbox, draft(payload=b"3"), draft(payload=b"4"))
    await outbox.split(await outbox.next_message("bureau", Stream.LIVE))
    await _received(outbox, await outbox.next_message("bureau", Stream.LIVE), [b"3"])
    await outbox.park(await outbox.next_message("bureau", Stream.LIVE), "refused")
    await _received(outbox, await outbox.next_message("bureau", Stream.ALARM), [b"a"])
    outbox.release(await outbox.next_message("bureau", Stream.EVENT))
    await commit(outbox, draft(payload=b"5"))


async def _received(outbox: Outbox, message: Message, payloads: list[bytes]) -> None:
    assert [record.payload for record in await outbox.read(message)] == payloads
    outbox.ack(message)


def check_day(folder: Path) -> None:
    """Everything the day did is in the file, once."""
    with SecondReader(folder / "outbox.db") as reader:
        assert reader.faults() == []
        assert [row["payload"] for row in reader.records("reading")] == [b"1", b"2", b"3", b"4", b"5"]
        assert reader.state() == {"last": b"2"}
        assert reader.to_send("bureau") == [("event", 1), ("reading", 4), ("reading", 5)]
        everything = [("alarm", 1), ("event", 1), *(("reading", seq) for seq in range(1, 6))]
        assert reader.to_send("county") == everything
        numbers = [(row["number"], row["stream"], row["parked"]) for row in reader.messages("bureau")]
        assert numbers == [(4, "live", "refused"), (5, "event", None)]
