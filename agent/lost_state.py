"""Brings back what was found damaged beside the log and stands in the log as well: lists of points, refusals.

A list of points is an event. What is kept back from a destination is said by the events of its
refusals: without it readings that a platform never took would count as confirmed.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import orjson

from agent import words_store
from agent.evidence.catalogues import Catalogues
from agent.evidence.history import UNREADABLE, History
from agent.evidence.noted import Noted
from agent.evidence.refusals import SaidKept
from agent.occurrence import Occurrence
from agent.recorder import CATALOGUE_PREFIX
from agent.records import Catalogue, Packer
from agent.uplinks.quarantine import PREFIX as QUARANTINE_PREFIX
from agent.uplinks.quarantine import READINGS_MAX, GivenUp
from buffering.beside import StoreBeside
from buffering.errors import StoreFailed, StoreUnusable
from buffering.opening import DAMAGED_STATE
from buffering.record import Lane
from config.model import Text

log = logging.getLogger(__name__)


def brought_back(store: Path, state: Mapping[str, bytes]) -> list[Occurrence]:
    """Return what is to be put on record of what is lost, with its state; mostly there is nothing.

    The event lane is read as a whole, and only where something is missing.
    """
    catalogues = [key.removeprefix(CATALOGUE_PREFIX) for key in _missing(state, CATALOGUE_PREFIX)]
    catalogues += [key.removeprefix(CATALOGUE_PREFIX) for key in state if _is_nonsense(key, state[key])]
    quarantines = _missing(state, QUARANTINE_PREFIX)
    if not (catalogues or quarantines):
        return []
    try:
        with closing(StoreBeside(store)) as beside:
            return [*_catalogues(beside, catalogues), *_quarantines(beside, quarantines)]
    except (StoreUnusable, StoreFailed) as fault:
        log.warning("what was damaged beside the log cannot be looked for: %s", fault)
        return []


def _missing(state: Mapping[str, bytes], prefix: str) -> list[str]:
    lost = (key.removeprefix(DAMAGED_STATE) for key in state if key.startswith(DAMAGED_STATE + prefix))
    return [key for key in lost if key not in state]


def _is_nonsense(key: str, packed: bytes) -> bool:
    if not key.startswith(CATALOGUE_PREFIX):
        return False
    try:
        Catalogue.read(Packer().unpack(packed))
    except UNREADABLE:
        return True
    return False


def _catalogues(store: StoreBeside, missing: list[str]) -> Iterator[Occurrence]:
    if not missing:
        return
    found = Catalogues(store)
    for key in missing:
        if content := found.content(key):
            listed = {name: value for name, value in content.items() if name != "utc_ns"}  # of the event
            yield _restored(CATALOGUE_PREFIX + key, Packer().pack(listed))


def _quarantines(store: StoreBeside, missing: list[str]) -> Iterator[Occurrence]:
    if not missing:
        return
    history = History()
    history.catch_up(store)
    for key in missing:
        said = history.destinations.refusals.kept.get(key.removeprefix(QUARANTINE_PREFIX), SaidKept())
        yield _restored(key, orjson.dumps(_kept(store, said)))


def _kept(store: StoreBeside, said: SaidKept) -> Mapping[str, object]:
    readings = [
        _given_up(store, point, epoch, seq, noted) for (point, epoch, seq), noted in said.readings.items()
    ]
    return {
        "points": [asdict(_parked(store, point, noted)) for point, noted in said.points.items()],
        "readings": [asdict(each) for each in readings[:READINGS_MAX]],
        "unlisted": len(readings[READINGS_MAX:]),
    }


def _parked(store: StoreBeside, point: str, noted: Noted) -> GivenUp:
    epoch, _, seq, _ = noted.content["records"]
    return _given_up(store, point, int(epoch), int(seq), noted)


def _given_up(store: StoreBeside, point: str, epoch: int, seq: int, noted: Noted) -> GivenUp:
    utc_ns = store.last_ns(epoch, Lane.READING, seq, seq) or noted.utc_ns
    return GivenUp(point, epoch, seq, utc_ns, Text(**noted.content["text"]))


def _restored(key: str, packed: bytes) -> Occurrence:
    text = words_store.state_restored(key)
    event = {"kind": "state-restored", "key": key, "text": asdict(text)}
    return Occurrence(event, {key: packed, DAMAGED_STATE + key: None}, text)
