"""What each sector must measure, as data: sectors/<sector>.yaml, with standard, clause and confidence.

A sector has installations (a gas holder, a mould's water), an installation its
points. Which point of a plant is one of them, `serves:` says: in a profile, or
in the plant file where the plant has a map of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from config.base import Identifier, Name, Part
from config.document import read_document
from config.fault import Findings
from config.model import Confidence, LimitKind
from config.position import Layers
from config.validation import validate

SHIPPED: Final = Path(__file__).parent / "sectors"
SectorName = Literal["steel", "aluminium", "dust"]


class StatutoryPoint(Part):
    """A point that an installation must or should have."""

    name: Name
    alarm: tuple[LimitKind, ...] = Field(
        (), description="one of them is needed; empty: no limit is asked for"
    )
    standard: Name | None = None
    clause: Name | None = None
    confidence: Confidence

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
    points: dict[Identifier, StatutoryPoint] = Field(min_length=1)


class Sector(Part):
    """A sector and its installations."""

    name: Name
    installations: dict[Identifier, Installation] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Statutes:
    """All sectors, each by its name."""

    sectors: dict[str, Sector]

    def points(self) -> Iterator[tuple[str, StatutoryPoint]]:
        """Yield every statutory point by the word that `serves:` uses."""
        for sector in self.sectors.values():
            for installation in sector.installations.values():
                yield from installation.points.items()


def read_statutes() -> Statutes:
    """Read the sectors that are shipped; a fault in them is our own mistake."""
    findings = Findings()
    sectors: dict[str, Sector] = {}
    for path in sorted(SHIPPED.glob("*.yaml")):
        document = read_document(path, findings)
        assert document is not None, path
        sector = validate(Sector, Layers([(document, ())], document.data), findings)
        assert sector is not None, path
        sectors[path.stem] = sector
    findings.raise_if_faulty()
    return Statutes(sectors)
