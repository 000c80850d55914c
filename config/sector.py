"""What each sector must measure, as data: sectors/<sector>.yaml, with standard, clause and confidence.

A sector has installations (a gas holder, a mould's water), an installation its
points. Which point of a plant is one of them, `serves:` says: in a profile, or
in the plant file where the plant has a map of its own. Limits that hold whatever
reads the point stand here too; those of one kind of device stand in its profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from config.base import Identifier, Name, Part
from config.document import read_document
from config.fault import Findings
from config.model import Confidence, LimitKind, Phase
from config.position import Layers, Origin
from config.rule import Limits, ProfileLimitEntry
from config.validation import validate

SHIPPED: Final = Path(__file__).parent / "sectors"
SectorName = Literal["steel", "aluminium", "dust"]


class StatutoryPoint(Part):
    """A point that an installation must or should have."""

    name: Name
    alarm: tuple[LimitKind, ...] = Field(
        (), description="one of them is needed; empty: no limit is asked for"
    )
    always_watched: bool = Field(False, description="it does not rest while its area is at a planned stop")
    baseline: bool = Field(
        False, description="it is judged against what was recorded after a change of bags, too"
    )
    paused: dict[Phase, tuple[LimitKind, ...]] = Field(
        {}, description="phases, besides idle, in which limits of these kinds may be none under a gate"
    )
    acts_on: Name | None = Field(
        None, description="what its alarm must act on; the plant's PLC does, an interlock rule shows it"
    )
    standard: Name | None = None
    clause: Name | None = None
    confidence: Confidence
    standards: dict[str, Limits[ProfileLimitEntry]] = Field(
        {}, description="its limits by each standard; where there are several, a device names one"
    )

    def basis(self) -> dict[str, str]:
        """Return what stands behind it, in both languages; what is no law never reads like one."""
        parts = [part for part in (self.standard, self.clause) if part is not None]
        zh, en = _STANDING[self.confidence]
        return {
            "zh": "，".join(filter(None, (" ".join(part.zh for part in parts), zh))),
            "en": ", ".join([*(part.en for part in parts), en]),
        }


_STANDING: Final = {
    Confidence.LAW: ("法定", "required by law"),
    Confidence.RECOMMENDED: ("推荐，未取得正式清单", "recommended, official list not obtained"),
    Confidence.PLANT: ("企业自定", "set by the plant"),
    Confidence.UNVERIFIED: ("未核实", "unverified"),
}


class Installation(Part):
    """A part of a plant that has statutory points."""

    name: Name
    alike: bool = Field(False, description="there may be several in an area, and each has every point")
    points: dict[Identifier, StatutoryPoint] = Field(min_length=1)


class Sector(Part):
    """A sector and its installations."""

    name: Name
    installations: dict[Identifier, Installation] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Role:
    """A statutory point, and where it is written."""

    point: StatutoryPoint
    origin: Origin


class Statutes:
    """All sectors; their files are read when they are first asked for."""

    @cached_property
    def sectors(self) -> Mapping[str, Sector]:
        """Every sector by its name."""
        return {name: sector for name, (sector, _) in self._read.items()}

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Every statutory point by the word that `serves:` uses."""
        return {
            role: Role(point, Origin(layers, ("installations", id_, "points", role)))
            for sector, layers in self._read.values()
            for id_, installation in sector.installations.items()
            for role, point in installation.points.items()
        }

    def role_of(self, serves: str | None) -> Role | None:
        """Return the statutory point that a point serves as; None: it serves as none that is known."""
        return None if serves is None else self.roles.get(serves)

    @cached_property
    def _read(self) -> Mapping[str, tuple[Sector, Layers]]:
        """Read the sectors that are shipped; a fault in them is our own mistake."""
        findings = Findings()
        sectors: dict[str, tuple[Sector, Layers]] = {}
        for path in sorted(SHIPPED.glob("*.yaml")):
            document = read_document(path, findings)
            assert document is not None, path
            layers = Layers([(document, ())], document.data)
            sector = validate(Sector, layers, findings)
            assert sector is not None, path
            sectors[path.stem] = sector, layers
        findings.raise_if_faulty()
        return sectors
