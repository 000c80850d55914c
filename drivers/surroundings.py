"""What a driver is given beside its connection: time, chance, ears for what it has to tell, and what it knew.

A driver learns things that are no values: which registers a device lacks, that
another master talks on its line. It tells each as a `Note`. What must be known
again after a restart goes with the note as `kept`, and comes back in
`Surroundings.kept`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from drivers.clock import Clock
from drivers.driver import OnLink
from drivers.note import Note, OnNote

__all__ = ["Note", "OnNote", "Surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every driver of one agent shares. `pki` is the folder of certificates and trust."""

    clock: Clock
    rng: Random
    on_link: OnLink
    on_note: OnNote = lambda _note: None
    kept: Mapping[str, bytes] = field(default_factory=dict)
    pki: Path = Path("/var/lib/edge-agent/pki")
    environ: Mapping[str, str] = field(default_factory=dict)  # where credentials are looked up
