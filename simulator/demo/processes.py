"""The demo's processes: started so that none can be left behind, ended in order, measured from /proc."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from simulator.lifeline import tied_to

_READY: Final = b"ready\n"
_TAIL_BYTES: Final = 4000


class Fell(Exception):
    """A process ended, or was not ready in time; `said` is the end of its log."""

    def __init__(self, name: str, code: int | None, said: str) -> None:
        super().__init__(f"{name}: exit code {code}\n{said}")
        self.name = name
        self.code = code
        self.said = said


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used: processor time (user and system) and its largest resident set."""

    cpu_s: float = 0.0
    rss_bytes: int = 0


class Child:
    """One process of the demo. Its own group, so that Ctrl-C reaches the stage alone, which ends all."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str | Path], log: Path, *, announces: bool = False
    ) -> "Child":
        """Start `command`; what it says goes to `log`, unless it `announces` itself. Raises OSError."""
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *map(str, command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if announces else errors,
                stderr=errors,
                process_group=0,
                preexec_fn=tied_to(os.getpid()),
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.returncode is None

    async def ready(self, timeout_s: float) -> None:
        """Wait for the line `ready` of a process that announces itself; raises Fell."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError as fault:
            raise self.fell() from fault
        if line != _READY:
            await self._process.wait()
            raise self.fell()

    def fell(self) -> Fell:
        """Return what there is to say about its end."""
        return Fell(self.name, self._process.returncode, _tail(self._log))

    async def end(self, patience_s: float) -> None:
        """Ask it to end (SIGTERM); after `patience_s` make it (SIGKILL)."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience_s):
                await self._process.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def usage(self) -> Usage | None:
        """Return what it has used so far; None when it has ended."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        return _usage(stat, status)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def python_module(module: str) -> list[str | Path]:
    """Return the command that runs one of our modules, whatever the current folder holds."""
    return [sys.executable, "-P", "-m", module]


def console_script(name: str) -> Path:
    """Return the path of a console script of this very environment."""
    return Path(sys.executable).with_name(name)


def _usage(stat: str, status: str) -> Usage | None:
    after_name = stat.rpartition(")")[2].split()  # proc(5): the name may hold spaces; then field 3 on
    ticks = int(after_name[11]) + int(after_name[12])
    peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    if not peak:
        return None  # a zombie has no memory any more
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), int(peak[0]) * 1024)


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(0, _size(file) - _TAIL_BYTES))
        return file.read().decode(errors="replace")
    return ""


def _size(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)
