"""`edge-agent schema`: JSON Schema of a plant file, for editors that complete and check while one types."""

import argparse
import json
import sys
from pathlib import Path

from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.schema import plant_schema


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("schema", help="输出 JSON Schema / print the JSON Schema")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Print the schema. Returns 0, or 3 when a profile is invalid or its folder missing."""
    try:
        schema = plant_schema(args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        print(*invalid.faults, sep="\n", file=sys.stderr)
        return 3
    print(json.dumps(schema, ensure_ascii=False, indent=2))
    return 0
