"""What the simulated devices answered: one JSON line per response, one write per line.

This log is one half of the accounting, so it says only what went out on the
wire, and says it at once: a process that dies loses no line.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

Value = float | int | bool | str


class Outcome(StrEnum):
    """What became of a request. Only SERVED counts as a reading that could be had."""

    SERVED = "served"
    SPOILED = "spoiled"  # answered, but with something no reader can or should trust
    LATE = "late"  # answered after the reader's time-out
    SILENT = "silent"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Response:
    """One response: the values are those that the encoded registers mean, after rounding."""

    connection: str
    block: str
    outcome: Outcome
    values: Mapping[str, Value]
    source_ns: Mapping[str, int] | None = None


class ServedLog:
    """Appends to one file. A context manager."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def write(self, response: Response, utc_ns: int) -> None:
        """Append one line; raises OSError."""
        line: dict[str, object] = {
            "utc_ns": utc_ns,
            "connection": response.connection,
            "block": response.block,
            "outcome": response.outcome,
            "values": response.values,
        }
        if response.source_ns is not None:
            line["source_ns"] = response.source_ns
        os.write(self._fd, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
