"""Reads a plant file: text in, checked model out, or every fault with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from config.advice import advise
from config.document import read_document
from config.fault import Findings, InvalidPlant, Place
from config.library import SITE_PROFILES, Library
from config.model import Plant
from config.overlay import lay_over
from config.plant import PlantEntry
from config.position import Layers
from config.resolve import Resolver
from config.validation import validate

__all__ = ["InvalidPlant", "Loaded", "load_plant", "load_with_source"]


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A plant, and where each part of it is written."""

    plant: Plant
    source: Layers


def load_plant(
    path: Path,
    *,
    overlays: Sequence[Path] = (),
    profile_dirs: Sequence[Path] = (SITE_PROFILES,),
    may_lack_devices: bool = False,
) -> Plant:
    """Return the checked plant of a plant file.

    `overlays` are laid over it, later ones winning; profiles in `profile_dirs` win
    over those shipped. What does not keep it from starting is in `Plant.warnings`.
    `may_lack_devices`: for tools by which a plant's first device is found.

    Raises InvalidPlant with every fault of the plant file, its overlays, profiles and code files.
    """
    return load_with_source(
        path, overlays=overlays, profile_dirs=profile_dirs, may_lack_devices=may_lack_devices
    ).plant


def load_with_source(
    path: Path,
    *,
    overlays: Sequence[Path] = (),
    profile_dirs: Sequence[Path] = (SITE_PROFILES,),
    may_lack_devices: bool = False,
) -> Loaded:
    """Return the plant and the places of its parts. Raises InvalidPlant, as `load_plant` does."""
    findings = Findings()
    document = read_document(path, findings)
    if document is not None and document.data is None and not findings.faults:
        findings.fault(Place(str(path)), "file-empty")
    if document is None or document.data is None:
        raise InvalidPlant(findings.faults)
    source = lay_over(document, overlays, findings)
    library = Library(profile_dirs, findings)
    entry = validate(PlantEntry, source, findings)
    if entry is None:
        raise InvalidPlant(findings.faults)
    resolver = Resolver(entry, source, library, findings, may_lack_devices=may_lack_devices)
    plant = resolver.plant(path, document.sha256)
    findings.raise_if_faulty()
    advise(plant, source, findings)
    return Loaded(replace(plant, warnings=findings.warnings), source)
