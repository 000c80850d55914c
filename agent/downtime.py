"""The time between two runs: how long nothing was recorded, as far as the clocks can say.

The wall clock may be set while the agent is down, and a gateway without a clock of
its own comes up in 1970: the difference of two wall times is then no length. With
each batch a run notes both clocks and the kernel's boot id. Within one boot the
monotonic clock tells how long it was; across boots the wall clock does, if it was
synchronised at both ends; else both ends are told, and that nobody knows.

After a store was put back nothing it says of the last stop is about the last stop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from agent import words_store
from agent.clock_steps import steps_of
from agent.records import Json
from agent.steady import STEP_NS
from agent.taken_up import taken_up
from buffering.notices import COPIED, MISSING, SET_BACK, UNMARKED
from buffering.outbox import Opened
from config.model import Text
from drivers.clock import Clock

STOPPED_KEY: Final = "run/stopped"
THROUGH_KEY: Final = "run/through_ns"
"""Every scan up to this time is in the store. Written with each batch: the last commit's own time would
not do, because an event can be committed while scans still wait in the batch."""
CLOCKS_KEY: Final = "run/clocks"
"""By what clocks: boot id, monotonic time, whether wall time was synchronised, the latest time on record."""

PUT_BACK: Final = frozenset({SET_BACK, COPIED, UNMARKED, MISSING})
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return what names this boot of the kernel; empty where it does not say."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Through:
    """Up to when everything is on record, by every clock there is."""

    utc_ns: int
    boot: str = ""
    mono_ns: int = 0
    is_synced: bool = False
    latest_ns: int = 0  # the latest wall time up to which anything was ever recorded

    @classmethod
    def now(cls, clock: Clock, boot: str, latest_ns: int) -> Self:
        """Return this moment."""
        utc_ns = clock.now_ns()
        return cls(utc_ns, boot, clock.monotonic_ns(), clock.synchronised(), max(utc_ns, latest_ns))

    @classmethod
    def of(cls, state: Mapping[str, bytes], last_commit_ns: int) -> Self:
        """Return what the run before left; its last commit is all that older versions noted."""
        utc_ns = taken_up(state, THROUGH_KEY, int) or last_commit_ns
        try:
            boot, mono_ns, synced, latest_ns = state[CLOCKS_KEY].decode().split(",")
            return cls(utc_ns, boot, int(mono_ns), synced == "1", int(latest_ns))
        except (KeyError, ValueError):
            return cls(utc_ns, latest_ns=utc_ns)

    def state(self) -> dict[str, bytes | None]:
        """Return it as it is kept."""
        clocks = f"{self.boot},{self.mono_ns},{self.is_synced:d},{self.latest_ns}"
        return {THROUGH_KEY: b"%d" % self.utc_ns, CLOCKS_KEY: clocks.encode()}


def told(opened: Opened, state: Mapping[str, bytes], now: Through) -> Iterator[Json]:
    """Yield the events that a start owes the record: the gap before it, and a step of the clock in it."""
    if opened.last_commit_ns is None:
        return
    before = Through.of(state, opened.last_commit_ns)
    if opened.begun in PUT_BACK:
        yield _gap("restored", before.utc_ns, now.utc_ns, None, words_store.put_back())
        return
    clean = STOPPED_KEY in state
    lasted_ns = _lasted_ns(before, now)
    to_ns = now.utc_ns if lasted_ns is None else before.utc_ns + lasted_ns
    is_step = lasted_ns is not None and abs(now.utc_ns - to_ns) > STEP_NS
    text = words_store.down(clean=clean, is_measured=lasted_ns is not None)
    gap = _gap("restart", before.utc_ns, to_ns if is_step else now.utc_ns, lasted_ns, text)
    yield {**gap, "clean": clean}
    if is_step or (lasted_ns is None and now.utc_ns < before.utc_ns):
        yield from steps_of(max(to_ns, before.utc_ns), now.utc_ns, latest_ns=before.latest_ns)


def _lasted_ns(before: Through, now: Through) -> int | None:
    """Return how long it was; None: nobody knows."""
    if before.boot and before.boot == now.boot and before.mono_ns <= now.mono_ns:
        return now.mono_ns - before.mono_ns
    if before.is_synced and now.is_synced and before.utc_ns <= now.utc_ns:
        return now.utc_ns - before.utc_ns
    return None


def _gap(cause: str, from_ns: int, to_ns: int, lasted_ns: int | None, text: Text) -> Json:
    """Return a gap; where the clock shows less than before, it has a place and no length."""
    times = {"from_ns": from_ns, "to_ns": max(from_ns, to_ns), "lasted_ns": lasted_ns}
    return {"kind": "gap", "cause": cause, **times, "text": asdict(text)}
