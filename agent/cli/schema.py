"""`edge-agent schema`: JSON Schema of a plant file, for editors that complete and check while one types."""

import argparse
import json
from pathlib import Path

from config.library import SITE_PROFILES
from config.schema import plant_schema


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("schema", help="输出 JSON Schema / print the JSON Schema")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(plant_schema(args.profiles or (SITE_PROFILES,)), ensure_ascii=False, indent=2))
    return 0
