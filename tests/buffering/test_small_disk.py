"""A full disk, with the real thing: a small tmpfs in a mount namespace of its own (see small_disk.py)."""

import pytest

from tests.support.mounts import play

MODULE = "tests.buffering.small_disk"


@pytest.mark.timeout(120)
async def test_a_disk_that_is_full_at_any_write_loses_nothing_and_repeats_nothing() -> None:
    """Opening is refused while there is no room for a store; after that everything waits for room."""
    seen = await play(MODULE, "every")
    assert list(seen["refused"]) == ["disk-full"], seen
    assert seen["full"] > 5


async def test_on_a_disk_that_stays_full_the_oldest_make_room_and_the_reason_given_is_the_disk() -> None:
    seen = await play(MODULE, "relief")
    assert seen["had_ballast"]
    assert (seen["alarms"], seen["readings"]) == (120, 180)
    assert seen["pruned"] == ["disk-full"], "sent readings first, then unsent ones"
    assert seen["given_up"] == ["disk-full"]
    assert seen["reasons"] == ["disk-full"]
    assert seen["is_disk_full"]
