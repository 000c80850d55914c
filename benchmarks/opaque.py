"""A store filled with bytes that mean nothing, through `append` like any others."""

import random
from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

from benchmarks.scans import BEGIN_NS, NS_PER_S
from buffering.outbox import Draft, Lane, Outbox

RECORDS_PER_COMMIT: Final = 200


async def fill(outbox: Outbox, records: int, payload_bytes: int, readings: int) -> AsyncIterator[int]:
    """Append so many records of so many readings each; yield how many are durable, after each commit."""
    rng = random.Random(1)
    done = 0
    while done < records:
        now_ns = BEGIN_NS + done * NS_PER_S // 2
        for _ in range(min(RECORDS_PER_COMMIT, records - done)):
            draft = Draft(Lane.READING, rng.randbytes(payload_bytes), now_ns, now_ns, readings, uuid4())
            outbox.append(draft, now_ns=now_ns)
            done += 1
        await outbox.commit(now_ns=now_ns)
        yield done
