"""Writes a file as a whole or not at all, and never over another one unasked."""

import os
import tempfile
from pathlib import Path


class AlreadyThere(Exception):
    """A file of that name exists, and nobody said that it may be replaced."""


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """Write `content` beside `path`, then put it in its place.

    Raises AlreadyThere, or OSError with the system's reason; then nothing has changed.
    """
    if path.exists() and not replace:
        raise AlreadyThere(str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
