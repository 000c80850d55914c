"""What a driver is given beside its connection: time, chance, ears for what it has to tell, and what it knew.

A driver learns things that are no values: which registers a device lacks, that
another master talks on its line. It tells each as a `Note`. What must be known
again after a restart goes with the note as `kept`, and comes back in
`Surroundings.kept`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from drivers.clock import Clock
from drivers.driver import OnLink


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a driver noticed and people should know; told once, when it begins or changes.

    `code` names its sentence in messages.py, `fields` fill it. `kept` maps keys to
    bytes that the driver wants back after a restart (None: no longer).
    """

    code: str
    connection_id: str
    utc_ns: int
    fields: Mapping[str, str | int | float] = field(default_factory=dict)
    kept: Mapping[str, bytes | None] = field(default_factory=dict)


OnNote = Callable[[Note], None]


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
