"""Secrets are named in the plant file, never written there: `${credential:name}`, `${env:NAME}`.

A credential is a file in the folder that systemd's LoadCredential= makes and
names in $CREDENTIALS_DIRECTORY; it is read when it is needed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Kind = Literal["credential", "env"]

_REFERENCE: Final = re.compile(r"^\$\{(credential|env):([A-Za-z0-9_][A-Za-z0-9_.-]*)\}$")


class MissingCredential(Exception):
    """A secret that the plant file names is not there."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(f"{kind} {name}")
        self.name = name
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a secret, and where it is kept."""

    kind: Kind
    name: str


def parse_reference(text: str) -> Reference | None:
    """Return what `${credential:name}` or `${env:NAME}` refers to; None for any other text."""
    match = _REFERENCE.match(text)
    if match is None:
        return None
    return Reference("env" if match[1] == "env" else "credential", match[2])


def looks_like_reference(text: str) -> bool:
    """Return whether somebody meant a reference, rightly written or not."""
    return text.startswith("$")


def resolve(template: str, environ: Mapping[str, str]) -> str:
    """Return the secret that `template` names; a text that names none is returned as it is.

    Raises MissingCredential when the file or the variable is not there or is empty.
    """
    reference = parse_reference(template)
    if reference is None:
        return template
    value = environ.get(reference.name) if reference.kind == "env" else _read(reference.name, environ)
    if not value:
        raise MissingCredential(reference.name, reference.kind)
    return value


def references(data: object, loc: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text in `data` that looks like a reference, with the way down to it."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from references(value, (*loc, key))
    elif isinstance(data, str) and looks_like_reference(data):
        yield loc, data


def _read(name: str, environ: Mapping[str, str]) -> str | None:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder is None:
        return None
    try:
        # An editor's newline at the end is not part of the secret.
        return (Path(folder) / name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None
