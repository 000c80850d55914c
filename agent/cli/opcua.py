"""`edge-agent opcua …`: our certificate, trust in servers, and what is on a server."""

import argparse
from typing import Final, Protocol

from agent.cli import opcua_browse, opcua_certificate, opcua_trust

EXIT_USAGE: Final = 2


class _Part(Protocol):
    """What the module of each part offers."""

    def add_parser(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        """Declare the options."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it; returns the exit code."""
        ...


PARTS: Final[dict[str, _Part]] = {
    "certificate": opcua_certificate,
    "trust": opcua_trust,
    "browse": opcua_browse,
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("opcua", help="OPC UA 证书、信任和浏览 / certificate, trust, browsing")
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    for part in PARTS.values():
        part.add_parser(parts)


def run(args: argparse.Namespace) -> int:
    """Run one part. Returns its exit code."""
    return PARTS[args.part].run(args)
