"""An alarm that the disk has not confirmed in time: it leaves from memory."""

import asyncio
from dataclasses import dataclass

from agent.records import Json
from buffering.record import Draft


@dataclass(frozen=True, slots=True)
class SlowAlarm:
    """The record as it was staged, and the future that is done once it is durable after all."""

    draft: Draft
    content: Json
    committed: "asyncio.Future[None]"
