"""What `audit` and `export` share: which store, opened beside a running agent, and how far it got."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent import words_evidence
from agent.cli.target import both
from agent.state_folder import STATE_DEFAULT
from buffering.beside import StoreBeside
from buffering.database import FILE
from buffering.errors import StoreFailed, StoreUnusable

_ERASE: Final = "\r\x1b[K"
_TOLD_EVERY: Final = 16
"""Slices; a terminal that is written to more often only flickers."""


def add_store_options(parser: argparse.ArgumentParser) -> None:
    """Declare which store is meant."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")
    which.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="存储文件（副本，或被移开的）/ a store's file: a copy, or one that was set aside",
    )


def file_of(args: argparse.Namespace) -> Path:
    """Return the file that is meant."""
    file: Path = args.store if args.store is not None else args.state / FILE
    return file / FILE if file.is_dir() else file  # the folder is meant as well


@contextmanager
def opened(path: Path) -> Iterator[StoreBeside]:
    """Open a store for reading. Raises StoreUnusable: it will not open, or the disk fails meanwhile."""
    store = StoreBeside(path)
    try:
        yield store
    except StoreFailed as failed:
        raise StoreUnusable(path, failed.reason, failed.detail) from failed
    finally:
        store.close()


def tell_unusable(fault: StoreUnusable) -> None:
    """Say on standard error why a store cannot be read."""
    print(both(words_evidence.unusable(fault)), file=sys.stderr)


class Progress:
    """How far it got, on standard error: a line that is written over on a terminal, nothing in a file."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._steps = 0

    def at(self, place: str) -> None:
        """One more slice is done."""
        self._steps += 1
        if self._is_terminal and self._steps % _TOLD_EVERY == 0:
            print(f"{_ERASE}{place}", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        """Erase the line."""
        if self._is_terminal:
            print(_ERASE, end="", file=sys.stderr, flush=True)
