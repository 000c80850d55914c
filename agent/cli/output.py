"""Where a command writes: standard output, or a file that is there once it is whole, or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from agent import words_evidence
from config.model import Text

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
STANDARD_OUTPUT: Final = "-"


class Refused(Exception):
    """The command cannot be followed; `text` says why and the mend."""

    def __init__(self, text: Text, code: int = EXIT_USAGE) -> None:
        super().__init__(text.en)
        self.text = text
        self.code = code


@contextmanager
def written(out: str, *, replace: bool) -> Iterator[IO[bytes]]:
    """Open what is written to. Raises Refused: it is there and may not be replaced, or cannot be written."""
    if out == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if Path(out).exists() and not replace:
        raise Refused(words_evidence.already_there(out), EXIT_FAILED)
    try:
        path = Path(out)
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:  # a device or a pipe is written to, never replaced
                yield stream
        else:
            yield from _whole(path.resolve())  # the file itself, where this is a link
    except OSError as error:
        words = words_evidence.not_written(out, error.strerror or str(error))
        raise Refused(words, EXIT_FAILED) from error


def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file beside it, which takes its place once it is whole."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
