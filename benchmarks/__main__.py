"""`make bench [ONLY=NAME]`: what the agent costs and what it can do, as ratios within this run.

A missed aim is told in the table and is no failure of the run.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks import opening_time
from benchmarks.benches import BENCHES, run_apart
from benchmarks.figures import Figure, table

DISK: Final = Path("/var/tmp")  # /tmp may be memory, which syncs in no time


def main() -> int:
    """Run all benches, or those that are asked for; print every figure in one table."""
    asked = _parser().parse_args()
    found: list[tuple[str, Figure]] = []
    sizes = {**BENCHES, "opening-time": (opening_time.measure, opening_time.Size(gigabytes=asked.size))}
    for name in asked.only or BENCHES:
        begun = time.perf_counter()
        print(f"{name} …", end=" ", flush=True)
        found += [(name, figure) for figure in run_apart(*sizes[name], asked.disk)]
        print(f"{time.perf_counter() - begun:.0f} s", flush=True)
    print("", table(found), sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="what the agent costs")
    parser.add_argument("only", nargs="*", metavar="NAME", help=", ".join(BENCHES), type=_known)
    parser.add_argument("--disk", type=Path, default=DISK, help=f"folder on the disk to be used ({DISK})")
    parser.add_argument("--size", type=float, default=1.0, metavar="GB", help="store of opening-time (1 GB)")
    return parser


def _known(name: str) -> str:
    if name not in BENCHES:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(BENCHES)}")
    return name


if __name__ == "__main__":
    sys.exit(main())
