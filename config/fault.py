"""A fault in a file, with its place: `plant.yaml:12:5: <zh> / <en>`.

Exceptions
----------
Objection(ValueError)      a validator refuses a value; its place is not known yet
InvalidPlant(Exception)    a plant file, with all its faults
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from config.messages import Language, sentence

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place, and how to mend it.

    `code` names the sentence in messages.py, `fields` fill it. A warning has the
    same shape; it does not keep the plant from starting.
    """

    place: Place
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "fault"

    @property
    def file(self) -> str:
        """The file the fault stands in: the plant file, an overlay, a profile or a code file."""
        return self.place.file

    @property
    def line(self) -> int:
        """Line, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Column, from 1."""
        return self.place.column

    def text(self, language: Language = "both") -> str:
        """The sentence for people, in Chinese, English or both."""
        return sentence(self.code, self.fields, language, severity=self.severity)

    def render(self, language: Language = "both") -> str:
        """The whole line for a terminal: place and sentence."""
        return f"{self.place}: {self.text(language)}"

    def __str__(self) -> str:
        return self.render()


class Objection(ValueError):
    """A value is refused; whoever knows its place makes a `Fault` of it."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(f"{code} {fields}")
        self.code = code
        self.fields = fields


class InvalidPlant(Exception):
    """The plant cannot be used; `faults` holds everything that is wrong, in order of place."""

    def __init__(self, faults: Iterable[Fault], warnings: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(fault.render() for fault in self.faults))


class Findings:
    """Collects faults and warnings, so that all of a file's are told at once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Place, str, str], Fault] = {}

    def fault(self, place: Place, code: str, **fields: object) -> None:
        """Record a fault; the same one at the same place is told once."""
        self._found.setdefault((place, code, ""), Fault(place, code, fields))

    def warn(self, place: Place, code: str, about: str = "", /, **fields: object) -> None:
        """Record a warning; `about` tells several of one code apart that stand at one place."""
        self._found.setdefault((place, code, about), Fault(place, code, fields, "warning"))

    def is_told(self, place: Place) -> bool:
        """Return whether something was already found at this very place."""
        return any(told == place for told, *_ in self._found)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, in order of file, line and column."""
        return self._of("fault")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The warnings, in order of file, line and column."""
        return self._of("warning")

    def raise_if_faulty(self) -> None:
        """Raise InvalidPlant if there is a fault."""
        if self.faults:
            raise InvalidPlant(self.faults, self.warnings)

    def _of(self, severity: Severity) -> tuple[Fault, ...]:
        found = (fault for fault in self._found.values() if fault.severity == severity)
        return tuple(sorted(found, key=lambda fault: (fault.place, fault.code)))
