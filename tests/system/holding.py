"""The check that nothing reaches a platform that the store does not hold, for any agent."""

from collections.abc import Sequence
from pathlib import Path

from tests.system.platform import Platform
from tests.system.shim import build_shim, in_force, with_slow_sync
from tests.system.site import Site, site

ROOT = Path(__file__).parents[2]


def unfounded(plant: Site, platform: Platform) -> dict[tuple[int, int], object]:
    """Return what the platform got and the killed agent's store does not hold, by (seq, index)."""
    stored = {(r.seq, r.index): r.value for r in plant.store().readings}
    sent = {(d["seq"], d["index"]): d["value"] for body in platform.attempts for d in body["datas"]}
    return {identity: value for identity, value in sent.items() if stored.get(identity, ...) != value}


async def sent_though_not_stored(folder: Path, agent: Sequence[str]) -> dict[tuple[int, int], object]:
    """Run an agent, let its fsync hang for ten polls, kill it, and return what is `unfounded`."""
    shim, flag = await build_shim(folder), folder / "disk-hangs"
    async with Platform() as platform, site(folder, platform) as plant:
        environ = {**with_slow_sync(shim, flag), "PYTHONPATH": str(ROOT)}
        await plant.start(environ, agent=agent)
        await platform.until(lambda: len(platform.values()) >= 5)
        assert in_force(flag)
        flag.touch()
        await plant.until_served(10)
        await plant.kill()
        return unfounded(plant, platform)
