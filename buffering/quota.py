"""How large the store may become, and when records have to make room. Pure arithmetic over `Space`.

The quota lies below the disk's end on purpose. SQLite refuses at the quota as it
would on a full disk, but with this difference: on a full disk it cannot even
delete, at the quota it can.
"""

from typing import Final

from buffering.database import JOURNAL_BYTES_MAX
from buffering.disk import BALLAST_BYTES
from buffering.store import Space

BESIDE_BYTES: Final = JOURNAL_BYTES_MAX + BALLAST_BYTES  # what lies beside the file: the log and the ballast
BESIDE_SHARE: Final = 4  # of a small quota no more than a quarter is set aside for them
RESERVE_BYTES: Final = 64_000_000  # left to others on the disk, so that they do not fail because of us
RESERVE_SHARE: Final = 8  # of a small disk no more than an eighth
MARGIN_SHARE: Final = 50  # records make room at 98 % of the capacity, until 96 %


def used(space: Space) -> int:
    """Return the bytes in use: pages that are free in the file will be used again."""
    return (space.pages - space.free_pages) * space.page_bytes


def capacity(space: Space, size_bytes: int | None) -> int:
    """Return how many bytes the file's pages in use may come to, by the quota and by the disk.

    What the file has of the disk it keeps: that others fill the disk is no reason to remove what is
    there, only to grow no further.
    """
    file_bytes = space.pages * space.page_bytes
    reserve = min(RESERVE_BYTES, space.disk.total // RESERVE_SHARE)
    by_disk = file_bytes + max(0, space.disk.free - reserve)
    if size_bytes is None:
        return by_disk
    return min(by_disk, size_bytes - min(BESIDE_BYTES, size_bytes // BESIDE_SHARE))


def is_disks(space: Space, size_bytes: int | None) -> bool:
    """Whether it is the disk that keeps the store from growing, and not `size_bytes`."""
    return capacity(space, size_bytes) == capacity(space, None)


def excess(space: Space, size_bytes: int | None) -> int:
    """Return how many bytes are to be freed now; 0 below the high mark."""
    room = capacity(space, size_bytes)
    margin = room // MARGIN_SHARE
    return used(space) - (room - 2 * margin) if used(space) > room - margin else 0


def surplus_pages(space: Space, size_bytes: int | None) -> int:
    """Return how many free pages the file is to give back: it is larger than the quota is now."""
    over = space.pages - capacity(space, size_bytes) // space.page_bytes
    return max(0, min(over, space.free_pages)) if size_bytes is not None else 0
