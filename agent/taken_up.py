"""Reading what a run before left beside the log: what cannot be understood is nothing, and keeps no start.

The store finds what was damaged (docs/storage-format.md, `state`). What is sound and cannot be read
was written by another version, or by a fault of ours: it is logged, and begins anew.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from zstandard import ZstdError

Kept = TypeVar("Kept")

log = logging.getLogger(__name__)


def taken_up(stored: Mapping[str, bytes], key: str, read: Callable[[bytes], Kept]) -> Kept | None:
    """Return what lies under a key, read; None where there is nothing, or nothing that makes sense."""
    packed = stored.get(key)
    if packed is None:
        return None
    try:
        return read(packed)
    except (ValueError, KeyError, TypeError, AttributeError, ZstdError):
        log.exception("what was kept under %s cannot be read; it begins anew", key)
        return None
