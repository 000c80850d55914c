"""How fast a backlog goes once the platform is back, against how fast it grew, and what live readings feel.

Plant, platform and agent are processes of their own. The platform, simulated and
in one thread, shares the machine: its processor time is told beside the agent's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.arrivals import NothingDrained, last_backfill_ns, read_drain
from benchmarks.disk import fdatasync_p99
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.plants import write_plant
from benchmarks.site import NS_PER_S, Site, running
from simulator.demo.processes import Usage

LOOK_S: Final = 0.1
QUIET_NS: Final = 2 * NS_PER_S  # no back-fill for so long: it is through
DELAY_RATIO: Final = 1.5  # "unchanged", within what two windows of one run differ by


@dataclass(frozen=True, slots=True)
class Size:
    """How many points, how long the platform is away, how long it may take to drain."""

    points: int
    transport: str
    times_fill: float  # the aim
    away_s: float
    patience_s: float = 60.0
    calm_s: float = 10.0


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Let the platform be away, and come back."""
    plant = write_plant(folder / "plant.yaml", size.points, transport=size.transport)
    async with running(folder / "site", plant, outage_s=size.away_s) as site:
        share = await _watch(site, size)
        await site.let_pass(size.calm_s)
        books = site.books
    drain = read_drain(books)
    return [
        Figure("drained, readings a second", drain.drain_rate, "/s"),
        Figure(
            "… as a multiple of the fill rate",
            drain.drain_rate / drain.fill_rate,
            "x",
            at_least(size.times_fill),
        ),
        Figure("live delay p99 without", drain.delay_after_s * 1e3, "ms"),
        Figure(
            "… during the drain, as a multiple",
            drain.delay_during_s / drain.delay_after_s,
            "x",
            at_most(DELAY_RATIO),
        ),
        Figure("agent's share of a core meanwhile", share.agent * 100, "%"),
        Figure("platform's share of a core meanwhile", share.platform * 100, "%"),
        fdatasync_p99(folder),
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """Of one core, while the backlog drains."""

    agent: float
    platform: float


async def _watch(site: Site, size: Size) -> Share:
    """Wait for the first back-fill, then until there is no more of it, or patience ends.

    Raises NothingDrained: an agent that was slow to start saw nothing of the outage.
    """
    await site.let_pass(size.away_s - 1)
    patience_ns = round(size.patience_s * NS_PER_S)
    given_up_ns = site.clock.now_ns() + patience_ns
    while last_backfill_ns(site.books) is None:
        if site.clock.now_ns() > given_up_ns:
            raise NothingDrained("no back-fill came")
        await site.let_pass(LOOK_S)
    begun_ns, before = site.clock.now_ns(), _usage(site)
    ended_ns, after = begun_ns, before
    while site.clock.now_ns() < begun_ns + patience_ns:
        last_ns = last_backfill_ns(site.books) or 0
        if last_ns > ended_ns:
            ended_ns, after = site.clock.now_ns(), _usage(site)
        if last_ns + QUIET_NS < site.clock.now_ns():
            break
        await site.let_pass(LOOK_S)
    span_s = max(1, ended_ns - begun_ns) / NS_PER_S
    used = [late.cpu_s - early.cpu_s for early, late in zip(before, after, strict=True)]
    return Share(*(cpu_s / span_s for cpu_s in used))


def _usage(site: Site) -> tuple[Usage, Usage]:
    return site.agent.usage() or Usage(), site.platform.usage() or Usage()
