"""The state folder becomes read-only under a running agent while CO rises, and is writable again.

Goal: the alarm is at the platform within 2 s, marked as not durable, and comes
again under its id; nothing that was read is lost; the log says it once. Method: a
preloaded shim answers EROFS to every write in the folder, as the kernel does after
an error; it leaves a file to prove that it is in force. That the kernel refuses to
do this at somebody's wish while files are open is tried, too, with a real mount.
"""

import subprocess
from pathlib import Path

from drivers.clock import SystemClock
from tests.support.mounts import mount_namespace
from tests.system.platform import Platform
from tests.system.shim import build_shim, in_force, with_read_only
from tests.system.site import site
from tests.system.status import until_status
from tests.system.test_slow_disk import DANGER_RAW, plant_alarms, raised

TICKS = 60


async def test_alarms_go_out_from_memory_and_everything_is_written_when_the_disk_is_back(
    tmp_path: Path,
) -> None:
    clock, flag = SystemClock(), tmp_path / "read-only"
    shim = await build_shim(tmp_path, "read_only")
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start(with_read_only(shim, flag, plant.state))
        await platform.until(lambda: len(platform.values()) >= 5)

        flag.touch()
        await plant.until_served(5)
        assert in_force(flag), "the shim is not in force"
        plant.counter.raw, danger_ns = DANGER_RAW, clock.monotonic_ns()
        await platform.until(lambda: bool(raised(platform)))
        assert clock.monotonic_ns() - danger_ns < 2e9
        first = {body["dataId"] for body in platform.of("alarm")}
        assert not any(body["durable"] for body in platform.of("alarm"))
        status = await until_status(plant, lambda found: found["store"]["trouble"] is not None)
        assert status["store"]["trouble"]["reason"] == "read-only"

        await plant.until_served(TICKS)
        flag.unlink()
        await platform.until(lambda: any(b["durable"] for b in platform.attempts if b["alarms"]))
        await platform.until(lambda: platform.values().count(DANGER_RAW / 10) >= TICKS)
        assert await plant.stop() == 0

        durable = [body for body in platform.attempts if body["alarms"] and body["durable"]]
        assert {body["dataId"] for body in durable} >= first
        ids = {(alarm["condition"], alarm["id"]) for alarm in plant_alarms(platform.attempts, "raised")}
        assert len(ids) == 2, "one id each for hi and hihi, in every repeat"
        store = plant.store()
        assert sorted(platform.values()) == sorted(r.value for r in store.readings if r.value is not None)
        assert [event for event in store.events if event.content["kind"] == "gap"] == []
    log = (tmp_path / "agent.log").read_text("utf-8")
    assert log.count("the store cannot be written and data waits in memory") == 1


def test_a_mount_cannot_be_made_read_only_at_somebodys_wish_while_files_are_open() -> None:
    """Why the shim: were this to pass one day, the test above could do with a mount."""
    script = (
        "mount -t tmpfs -o size=4m tmpfs /mnt && exec 7>/mnt/file"
        " && ! mount -o remount,ro /mnt && exec 7>&- && mount -o remount,ro /mnt && ! touch /mnt/other"
    )
    tried = subprocess.run(
        [*mount_namespace(), "sh", "-c", script], check=False, capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr
    assert "busy" in tried.stderr
