"""A whole site on this machine, as in the demo: plant, platform and agent as three processes on loopback."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.plants import DESTINATION
from simulator.bureau.overlay import OVERLAY as PLATFORM_OVERLAY
from simulator.clock import SystemClock
from simulator.demo.processes import Child, console_script, python_module
from simulator.overlay import PLANT_NAME as PLANT_OVERLAY

NS_PER_S: Final = 10**9
READY_S: Final = 30.0
PATIENCE_S: Final = 15.0
LENGTH_S: Final = 1000.0  # of the scenario; a site is ended long before
LEAD_S: Final = 4.0  # in which plant and platform start

_OUTAGE: Final = "  - {{at: 0, until: {until:g}, platform: {destination}, do: outage}}\n"


@dataclass(frozen=True, slots=True)
class Site:
    """The running site."""

    folder: Path
    agent: Child
    platform: Child
    clock: SystemClock

    @property
    def books(self) -> Path:
        """What the platform has."""
        return self.folder / "platform" / "bureau.db"

    async def let_pass(self, seconds: float) -> None:
        """Wait. Raises Fell: a process has ended meanwhile."""
        await self.clock.sleep_until(self.clock.monotonic_ns() + round(seconds * NS_PER_S))
        for child in (self.agent, self.platform):
            if not child.alive:
                raise child.fell()


@asynccontextmanager
async def running(folder: Path, plant: Path, *, outage_s: float = 0.0) -> AsyncIterator[Site]:
    """Play a plant; the platform is away for the first `outage_s`. Raises Fell, OSError."""
    folder.mkdir()
    scenario, clock = folder / "scenario.yaml", SystemClock()
    outage = _OUTAGE.format(until=outage_s / LENGTH_S, destination=DESTINATION) if outage_s else ""
    scenario.write_text("duration: 1 min\nevents:\n" + outage if outage else "duration: 1 min\nevents: []\n")
    begin_ns = clock.now_ns() + round(LEAD_S * NS_PER_S)
    async with AsyncExitStack() as closing:

        async def enter(name: str, command: list[str | Path], *, announces: bool) -> Child:
            child = await Child.start(name, command, folder / f"{name}.log", announces=announces)
            closing.push_async_callback(child.end, PATIENCE_S)
            return child

        told: list[str | Path] = [
            plant,
            "--scenario",
            scenario,
            "--begin",
            f"{begin_ns / NS_PER_S:.6f}",
            "--length",
            f"{LENGTH_S:g}",
        ]
        players = {
            "plant": [*python_module("simulator"), *told],
            "platform": [
                *python_module("simulator.bureau"),
                *told,
                "--refuse",
                "0",
                "--delay",
                "0",
                "--lose",
                "0",
            ],
        }
        children = {
            name: await enter(name, [*command, "--out", folder / name], announces=True)
            for name, command in players.items()
        }
        for child in children.values():
            await child.ready(READY_S)
        await clock.sleep_until(clock.monotonic_ns() + begin_ns - clock.now_ns())
        agent = await enter("agent", _agent(folder, plant), announces=False)
        yield Site(folder, agent, children["platform"], clock)


def _agent(folder: Path, plant: Path) -> list[str | Path]:
    overlays = (folder / "plant" / PLANT_OVERLAY, folder / "platform" / PLATFORM_OVERLAY)
    given = [part for overlay in overlays for part in ("--overlay", overlay)]
    return [console_script("edge-agent"), "run", plant, *given, "--state", folder / "state"]
