"""The device profiles at hand: those shipped, then the plant's own folders, which win."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.document import read_document
from config.fault import Findings, Place
from config.position import Document, Layers, Origin, merge
from config.profile import ProfileEntry
from config.validation import choice_fields, validate

SHIPPED: Final = Path(__file__).parent / "profiles"
SITE_PROFILES: Final = Path("/etc/edge-agent/profiles")
"""Where a plant keeps profiles of its own; it need not exist."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A profile by its full name (`gas-detector/co`), and where each part of it is written."""

    name: str
    entry: ProfileEntry
    origin: Origin


class Library:
    """Finds profiles by name. A file is read when a profile of it is first asked for."""

    def __init__(self, folders: Sequence[Path], findings: Findings) -> None:
        self._findings = findings
        self._files: dict[str, Path] = {}
        self._documents: dict[str, Document | None] = {}
        self._profiles: dict[str, Profile | None] = {}
        for folder in (SHIPPED, *folders):
            if folder.is_dir():
                self._files |= {path.stem: path for path in sorted(folder.glob("*.yaml"))}
            elif folder != SITE_PROFILES:
                findings.fault(Place(str(folder)), "folder-missing")

    def names(self) -> tuple[str, ...]:
        """All profiles by their full names, sorted."""
        return tuple(
            name for family in sorted(self._files) for name in self._names_in(family, self._document(family))
        )

    def get(self, name: str, asked: Place) -> Profile | None:
        """Return a profile; None after telling why not, at `asked` or inside the profile's file."""
        if name not in self._profiles:
            self._profiles[name] = self._load(name)
        profile = self._profiles[name]
        if profile is None and not self._exists(name):
            suffix, fields = choice_fields(name, self.names())
            self._findings.fault(asked, "profile-unknown" + suffix, name=name, **fields)
        return profile

    def _exists(self, name: str) -> bool:
        family = name.partition("/")[0]
        if family not in self._files:
            return False
        document = self._document(family)
        return document is None or name in self._names_in(family, document)

    def _load(self, name: str) -> Profile | None:
        family, _, variant = name.partition("/")
        if not self._exists(name) or (document := self._document(family)) is None:
            return None
        layers = _layers(document, variant)
        entry = validate(ProfileEntry, layers, self._findings)
        return Profile(name, entry, Origin(layers, ())) if entry else None

    def _document(self, family: str) -> Document | None:
        if family not in self._documents:
            self._documents[family] = read_document(self._files[family], self._findings)
        return self._documents[family]

    def _names_in(self, family: str, document: Document | None) -> list[str]:
        data = document.data if document else None
        variants = data.get("variants") if isinstance(data, dict) else None
        if isinstance(variants, dict) and variants:
            return [f"{family}/{variant}" for variant in sorted(variants)]
        return [family]


def _layers(document: Document, variant: str) -> Layers:
    if not variant or not isinstance(document.data, dict):
        return Layers([(document, ())], document.data)
    family = {key: value for key, value in document.data.items() if key != "variants"}
    own = document.data["variants"][variant]
    return Layers([(document, ()), (document, ("variants", variant))], merge(family, own or {}))
