"""`edge-agent audit …`: whether a store is what was committed, and a day of it on one page."""

import argparse
from typing import Final, Protocol

from agent.cli import audit_report, audit_verify


class _Part(Protocol):
    """What the module of each part offers."""

    def add_parser(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        """Declare the options."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it; returns the exit code."""
        ...


PARTS: Final[dict[str, _Part]] = {"verify": audit_verify, "report": audit_report}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("audit", help="核查存储，出具日报 / examine the store, report on a day")
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    for part in PARTS.values():
        part.add_parser(parts)


def run(args: argparse.Namespace) -> int:
    """Run one part. Returns its exit code."""
    return PARTS[args.part].run(args)
