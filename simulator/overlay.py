"""Writes the overlay that points a plant file's connections to the simulated devices."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from simulator.player import Overlay

OVERLAY_NAME: Final = "overlay-plant.yaml"


def write_overlay(folder: Path, connections: Mapping[str, Overlay]) -> Path:
    """Write the file whole or not at all, and return its path; raises OSError."""
    path = folder / OVERLAY_NAME
    unfinished = path.with_suffix(".part")
    unfinished.write_text(yaml.safe_dump({"connections": dict(connections)}), encoding="utf-8")
    return unfinished.replace(path)
