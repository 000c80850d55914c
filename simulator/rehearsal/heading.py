"""What a time line is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from simulator.rehearsal.messages import sentence
from simulator.rehearsal.ran import Ran
from simulator.rehearsal.spans import span


@dataclass(frozen=True, slots=True)
class Heading:
    """What was rehearsed, as it was asked for."""

    plant_id: str
    plant_name: str
    timezone: str
    file: str
    sha256: str
    scenario: str
    seed: int
    speed: float
    length_s: float

    def rows(self, ran: Ran) -> Iterator[tuple[str, str]]:
        """Yield what stands at the top: a code of messages.py, and what there is to say."""
        began = datetime.fromtimestamp(ran.begin_ns / 1e9, ZoneInfo(self.timezone))
        yield "plant", f"{self.plant_id} {self.plant_name} ({self.file}, SHA-256 {self.sha256[:12]})"
        yield "scenario", f"{self.scenario} (seed {self.seed})"
        yield "began", f"{began:%Y-%m-%d %H:%M:%S %Z}"

    def how(self, ran: Ran) -> Iterator[str]:
        """Yield how it was played."""
        yield sentence("ran", length=span(self.length_s), took=span(ran.took_s), speed=ran.speed)
        if ran.overruns:
            yield sentence("was-lowered", overruns=ran.overruns, lowest=ran.lowest_speed)
