"""`edge-agent audit verify`: whether every record is what was committed, and what became of it."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Final

from agent.cli.account_json import as_json
from agent.cli.evidence_store import Progress, add_store_options, file_of, opened, tell_unusable
from agent.cli.shown_account import lines
from agent.cli.target import both
from agent.evidence.account import Account, examine
from agent.evidence.discord import GONE
from agent.evidence.trusted import NoKey, trusted
from buffering.errors import StoreUnusable
from buffering.mark import Mark
from buffering.record import Lane

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser(
        "verify",
        help="逐条核对数据链、缺口、签名和送达情况 / walk the chain; gaps, signatures, what was confirmed",
    )
    add_store_options(parser)
    parser.add_argument("--destination", metavar="D", help="只看这个平台 / this destination only")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="须由此密钥签名（公钥 PEM），可多次 / this key must have signed (public, PEM), may be repeated",
    )
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="HEX",
        help="同上，用指纹指定 / the same, by its fingerprint",
    )
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Print the account. Returns 0; 1: something is not what was committed; 2: no such destination or key."""
    try:
        account = _account(args, frozenset(trusted(args.key, args.fingerprint)))
    except NoKey as fault:
        print(both(fault.text), file=sys.stderr)
        return EXIT_USAGE
    except StoreUnusable as fault:
        tell_unusable(fault)
        return EXIT_FAILED
    name = args.destination
    if name is not None and not account.destinations and not _is_missed(name, account):
        print(f"存储中没有平台 {name} / the store knows no destination {name}", file=sys.stderr)
        return EXIT_USAGE
    if args.json:
        print(json.dumps(as_json(account), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(account)))
    return 0 if account.is_whole else EXIT_FAILED


def _is_missed(destination: str, account: Account) -> bool:
    """Whether the store should know a destination: then what is wrong is told, not the name."""
    return any(each.what == GONE and each.detail.startswith(f"{destination} (") for each in account.discords)


def _account(args: argparse.Namespace, keys: frozenset[str]) -> Account:
    """Walk the store. Raises StoreUnusable."""
    path, progress = file_of(args), Progress()
    found = Mark(path.parent).read()  # before the store: it may only be behind
    with opened(path) as store:
        try:
            mark = found[0] if found is not None else None
            tell = partial(_tell, progress)
            return examine(store, mark, only=args.destination, tell=tell, trusted=keys)
        finally:
            progress.done()


def _tell(progress: Progress, epoch: int, lane: Lane, seq: int) -> None:
    progress.at(f"{epoch} {lane.value} {seq}")
