"""Writes the overlays that keep an agent on this machine: to the simulated devices, and off its uplinks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from simulator.player import Overlay

PLANT_NAME: Final = "overlay-plant.yaml"
UPLINKS_OFF_NAME: Final = "overlay-uplinks-off.yaml"


def write_overlay(folder: Path, connections: Mapping[str, Overlay]) -> Path:
    """Write where each connection's devices are; returns the path. Raises OSError."""
    return _write(folder / PLANT_NAME, {"connections": dict(connections)})


def write_uplinks_off(folder: Path, uplinks: Iterable[str]) -> Path:
    """Mark every uplink absent, so that nothing simulated reaches a real platform. Raises OSError."""
    absent = {uplink_id: {"absent": "simulated plant"} for uplink_id in uplinks}
    return _write(folder / UPLINKS_OFF_NAME, {"uplinks": absent})


def _write(path: Path, content: Mapping[str, object]) -> Path:
    """Write the file whole or not at all."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(yaml.safe_dump(content), encoding="utf-8")
    return unfinished.replace(path)
