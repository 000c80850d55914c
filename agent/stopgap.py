"""A store that will not open never prevents polling and alarms.

The agent then keeps its records in a stop-gap store, in a new folder beside it
or, where that cannot be written either, in the temporary folder: everything
works, readings and alarms are forwarded, under an epoch of their own. The file
that would not open is not touched; a person mends or moves it and restarts the
agent.
"""

import logging
import tempfile
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Final

from agent import messages
from agent.store_events import StoreEvents
from buffering.errors import StoreUnusable
from buffering.outbox import Keeping, Limits, Outbox, Signer
from buffering.trouble import OnTrouble, nobody
from config.model import Text
from drivers.clock import Clock

log = logging.getLogger(__name__)

MISTAKES: Final = frozenset({"in-use", "other-gateway"})
"""Here nothing is broken: going on would do harm, stopping tells the person at once."""


def _instead_of(folder: Path) -> Path:
    """Return a new folder beside the store, so that it outlives a restart; else a temporary one."""
    try:
        return Path(tempfile.mkdtemp(prefix="stopgap-", dir=folder))
    except OSError:
        return Path(tempfile.mkdtemp(prefix="edge-agent-"))


async def open_store(
    folder: Path,
    gateway: str,
    destinations: Collection[str],
    clock: Clock,
    *,
    limits: Limits,
    keeping: Keeping,
    signer: Signer | None,
    on_trouble: OnTrouble = nobody,
) -> tuple[Outbox, Text | None]:
    """Return the store in `folder`; or a stop-gap, with the words that say why.

    Raises StoreUnusable when the state folder is another agent's.
    """
    opening = partial(
        Outbox.open,
        gateway=gateway,
        destinations=destinations,
        limits=limits,
        keeping=keeping,
        describe=StoreEvents(),
        signer=signer,
        on_trouble=on_trouble,
        now_ns=clock.now_ns(),
    )
    try:
        return await opening(folder), None
    except StoreUnusable as fault:
        if fault.reason in MISTAKES:
            raise
        instead = _instead_of(folder)
        text = messages.store_replaced(fault, str(instead))
        log.error("%s", text.en)
        return await opening(instead), text
