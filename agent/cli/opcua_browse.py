"""`edge-agent opcua browse`: what is on a server, as a tree, a list of matches, or a stanza to paste."""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from agent.cli import words_browse as words
from agent.cli.number_argument import whole_number
from agent.cli.opcua_connection import Unusable, access_of, add_arguments, failed, quiet
from config.base import Identifier
from config.fault import Objection
from config.node_id import parse_address, parse_path
from drivers.errors import LinkFault
from drivers.messages import describe
from drivers.opcua.access import Access

if TYPE_CHECKING:
    from drivers.opcua.browse import Found, Leaf, Tree

_IDENTIFIER: Final = TypeAdapter(Identifier)
DEPTH_DEFAULT: Final = 10
DEPTH_MAX: Final = 100
VALUE_SHOWN_MAX: Final = 40
_START: Final = "start"
_UNKNOWN: Final = frozenset({"BadNodeIdUnknown", "BadNodeIdInvalid"})


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("browse", help="浏览服务器的节点 / look at a server's nodes")
    add_arguments(parser)
    parser.add_argument(
        "--search", metavar="TEXT", help="只显示名称或节点号含此文字的 / only what holds this text"
    )
    parser.add_argument(
        "--depth", type=whole_number(1, DEPTH_MAX), default=DEPTH_DEFAULT, metavar="N", help="层数 / levels"
    )
    parser.add_argument(
        "--start",
        default="/Objects",
        metavar="NODE",
        help="起始节点号或浏览路径 / node id or path to begin at",
    )
    parser.add_argument(
        "--stanza",
        type=_device_id,
        metavar="DEVICE",
        help="输出可粘贴的设备配置 / a device to paste into the plant file",
    )
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Print what is there. Returns 0; 1 where nothing is found or it fails; 2 usage; 3 plant file invalid."""
    try:
        access = access_of(args)
        quiet()
        tree, namespaces = asyncio.run(_browse(access, args.start, args.depth))
    except Unusable as unusable:
        return unusable.code
    except LinkFault as fault:
        return failed(describe(fault, is_retried=False))
    except Objection as objection:
        if objection.code != _START:
            return failed(words.start_unreadable(args.start))
        return failed(words.start_unknown(args.start, str(objection.fields["detail"])))
    if tree.refused and not tree.found:
        is_unknown = tree.refused in _UNKNOWN
        return failed((words.start_unknown if is_unknown else words.start_refused)(args.start, tree.refused))
    code = _print(args, access, tree, namespaces)
    _tell_left_out(args.start, tree)
    return code


def _print(args: argparse.Namespace, access: Access, tree: "Tree", namespaces: Sequence[str]) -> int:
    found = [node for node in _flat(tree.found) if _matches(node, args.search)]
    if not found:
        return failed(words.nothing_found(args.search))
    if args.stanza is not None:
        return _print_stanza(args.stanza, access, found, namespaces)
    if args.json:
        print(json.dumps([_as_json(node) for node in found], ensure_ascii=False, indent=2))
    else:
        print(*_lines(tree, found, search=args.search), sep="\n")
    return 0


def _tell_left_out(start: str, tree: "Tree") -> None:
    """Tell what the answer lacks: a missing branch looks like one that does not exist."""
    from drivers.opcua.browse import NODES_MAX

    refused = [f"{start} ({tree.refused})"] if tree.refused else []
    refused += [f"{node.display} {node.node.to_string()} ({node.refused})" for node in _refused(tree)]
    if refused:
        failed(words.refused(tuple(refused)))
    if not tree.is_whole:
        failed(words.cut_short(NODES_MAX))


def _refused(tree: "Tree") -> Iterator["Found"]:
    return (node for node in _flat(tree.found) if node.refused)


def _print_stanza(device: str, access: Access, found: Sequence["Found"], namespaces: Sequence[str]) -> int:
    from agent.cli.opcua_stanza import makes_point, stanza

    variables = [node for node in found if node.leaf is not None]
    if not any(map(makes_point, variables)):
        return failed(words.nothing_readable(len(found)))
    print(stanza(device, access, found, namespaces), end="")
    if left := tuple(node.node.to_string() for node in variables if not makes_point(node)):
        failed(words.left_out(left))
    return 0


async def _browse(access: Access, start: str, depth: int) -> tuple["Tree", tuple[str, ...]]:
    """Open a session, browse, close it. Raises LinkFault, Objection."""
    from drivers.opcua.addresses import look_up
    from drivers.opcua.browse import OBJECTS, browse
    from drivers.opcua.refusals import requesting
    from drivers.opcua.server import ask_server
    from drivers.opcua.session import open_session
    from drivers.opcua.troubles import Trouble

    async with open_session(access, lambda: None) as client:
        with requesting(access.where, access.settings.timeout):
            server = await ask_server(client)
            node: Any = OBJECTS
            if start.strip("/") not in ("", "Objects", "0:Objects"):
                address = parse_address(start) if "=" in start.partition(";")[0] else parse_path(start)
                node = (await look_up(client, server, {0: address}))[0]
            if isinstance(node, Trouble):
                raise Objection(_START, detail=node.detail)
            return await browse(client, server, node, depth), server.namespaces


def _flat(found: tuple["Found", ...]) -> Iterator["Found"]:
    for node in found:
        yield node
        yield from _flat(node.children)


def _matches(node: "Found", search: str | None) -> bool:
    if search is None:
        return True
    texts = (node.path[-1], node.display, node.node.to_string())
    return any(search.lower() in text.lower() for text in texts)


def _lines(tree: "Tree", found: list["Found"], *, search: str | None) -> Iterator[str]:
    if search is not None:
        for node in found:
            yield f"/{'/'.join(node.path)}  {_described(node)}"
        return
    for node in _flat(tree.found):
        yield f"{'  ' * (len(node.path) - 1)}{node.display}  {_described(node)}"


def _described(node: "Found") -> str:
    words_ = [node.node.to_string()]
    if node.leaf is not None:
        words_ += [node.leaf.type, _value(node.leaf), node.leaf.unit, node.leaf.access]
    if node.refused:
        words_.append(f"({node.refused})")
    return "  ".join(word for word in words_ if word)


def _value(leaf: "Leaf") -> str:
    if leaf.status != "Good":
        return leaf.status
    text = f"[{leaf.size}]" if leaf.size is not None else str(leaf.value)
    return text if len(text) <= VALUE_SHOWN_MAX else f"{text[:VALUE_SHOWN_MAX]}…"


def _as_json(node: "Found") -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": node.node.to_string(),
        "path": "/" + "/".join(node.path),
        "name": node.display,
    }
    if node.refused:
        answer["refused"] = node.refused
    if (leaf := node.leaf) is not None:
        plain = isinstance(leaf.value, bool | int | float | str)
        answer |= {
            "type": leaf.type,
            "value": leaf.value if plain else None if leaf.value is None else str(leaf.value),
            "status": leaf.status,
            "size": leaf.size,
            "unit": leaf.unit,
            "range": leaf.range,
            "access": leaf.access,
        }
    return answer


def _device_id(text: str) -> str:
    try:
        return _IDENTIFIER.validate_python(text)
    except ValidationError as error:
        sentence = words.no_device_id(text)
        raise argparse.ArgumentTypeError(f"{sentence.zh} / {sentence.en}") from error
