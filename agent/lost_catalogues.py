"""Brings back lists of points that were found damaged beside the log: each is an event of the store, too."""

import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Final

from agent import words_store
from agent.evidence.catalogues import Catalogues
from agent.evidence.history import UNREADABLE
from agent.occurrence import Occurrence
from agent.recorder import CATALOGUE_PREFIX
from agent.records import Catalogue, Packer
from buffering.beside import StoreBeside
from buffering.errors import StoreFailed, StoreUnusable
from buffering.opening import DAMAGED_STATE

_LOST: Final = DAMAGED_STATE + CATALOGUE_PREFIX

log = logging.getLogger(__name__)


def brought_back(store: Path, state: Mapping[str, bytes]) -> list[Occurrence]:
    """Return what is to be put on record of lists that are lost, with the lists; mostly there are none.

    The event lane is read as a whole, and only where a list is missing.
    """
    lost = [key.removeprefix(_LOST) for key in state if key.startswith(_LOST)]
    missing = [key for key in lost if CATALOGUE_PREFIX + key not in state]
    missing += [key.removeprefix(CATALOGUE_PREFIX) for key in state if _is_nonsense(key, state[key])]
    if not missing:
        return []
    try:
        with closing(StoreBeside(store)) as beside:
            found = Catalogues(beside)
            return [_restored(key, content) for key in missing if (content := found.content(key))]
    except (StoreUnusable, StoreFailed) as fault:
        log.warning("lost lists of points cannot be looked for: %s", fault)
        return []


def _is_nonsense(key: str, packed: bytes) -> bool:
    if not key.startswith(CATALOGUE_PREFIX):
        return False
    try:
        Catalogue.read(Packer().unpack(packed))
    except UNREADABLE:
        return True
    return False


def _restored(key: str, content: Mapping[str, object]) -> Occurrence:
    listed = {name: value for name, value in content.items() if name != "utc_ns"}  # of the event
    text = words_store.state_restored(CATALOGUE_PREFIX + key)
    event = {"kind": "state-restored", "key": CATALOGUE_PREFIX + key, "text": asdict(text)}
    kept = {CATALOGUE_PREFIX + key: Packer().pack(listed), _LOST + key: None}
    return Occurrence(event, kept, text)
