"""A recorder that breaks the agent's word: what it has staged leaves before it is durable."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import uuid4

from agent.recorder import CATALOGUE_PREFIX, Recorder
from agent.records import Batch
from agent.uplinks.forward import Forwarder
from buffering.record import Draft, Lane, Message, Record, Stream


class SendsStaged(Recorder):
    """Hands each batch to the platforms at once, under the identity that the store will give it."""

    forwarders: Collection[Forwarder] = ()

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._seq = self._outbox.opened.heads[Lane.READING]
        self._sending: set[asyncio.Task[Any]] = set()

    def _stage_batch(self) -> None:
        batch = self._batch
        super()._stage_batch()
        if batch.readings:
            self._seq += 1
            if CATALOGUE_PREFIX + self._catalogue.key in self._outbox.state:
                self._send(batch)

    def _send(self, batch: Batch) -> None:
        draft = self._draft(Lane.READING, batch.content(), batch.first_ns, batch.last_ns, batch.readings)
        for forwarder in self.forwarders:
            record = self._as_if_committed(draft)
            chosen = [(record.seq, reading) for reading in forwarder._renderer.readings(record)]
            shipment = forwarder._renderer.message(self._message(forwarder.name), [record], chosen)
            task = asyncio.ensure_future(forwarder._ship(shipment))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def _message(self, destination: str) -> Message:
        epoch = self._outbox.opened.epoch
        return Message(uuid4(), destination, 0, Stream.LIVE, epoch, Lane.READING, self._seq, self._seq)

    def _as_if_committed(self, draft: Draft) -> Record:
        epoch = self._outbox.opened.epoch
        return Record(
            epoch, draft.lane, self._seq, draft.first_ns, draft.last_ns, draft.count, draft.uid, draft.payload
        )
