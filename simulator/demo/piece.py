"""What is played, in which folder, and with which commands."""

from dataclasses import dataclass
from pathlib import Path

from simulator.bureau.overlay import OVERLAY as PLATFORM_OVERLAY
from simulator.demo.processes import console_script, python_module
from simulator.overlay import PLANT_NAME as PLANT_OVERLAY
from simulator.timeline import NS_PER_S

Command = list[str | Path]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is played, how long, and in which folder."""

    plant_file: Path
    scenario: Path
    seconds: float
    seed: int
    state: Path
    profiles: tuple[Path, ...] = ()

    @property
    def plant_folder(self) -> Path:
        """Where the simulated plant writes."""
        return self.state / "plant"

    @property
    def platform_folder(self) -> Path:
        """Where the simulated platform writes."""
        return self.state / "platform"

    def player(self, module: str, folder: str, begin_ns: int) -> Command:
        """Return the command that plays plant or platform, from `begin_ns` (UTC) on."""
        return [
            *python_module(module),
            self.plant_file,
            "--scenario",
            self.scenario,
            "--begin",
            f"{begin_ns / NS_PER_S:.6f}",
            "--length",
            f"{self.seconds:g}",
            "--out",
            self.state / folder,
            "--seed",
            str(self.seed),
            *self._profiles(),
        ]

    def agent(self, state: Path | None = None) -> Command:
        """Return the command that runs the agent; its state is beside the rest, unless told otherwise."""
        return [
            console_script("edge-agent"),
            "run",
            self.plant_file,
            "--overlay",
            self.plant_folder / PLANT_OVERLAY,
            "--overlay",
            self.platform_folder / PLATFORM_OVERLAY,
            "--state",
            state or self.state,
            *self._profiles(),
        ]

    def _profiles(self) -> Command:
        return [word for folder in self.profiles for word in ("--profiles", folder)]
