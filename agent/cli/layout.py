"""`edge-agent layout preview PLANT UPLINK`: the very bytes that a platform would get."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from agent.records import Json
from agent.uplinks.build import UplinkUnusable, build_uplink, layout_of
from agent.uplinks.hj212.register import Beside
from agent.uplinks.placeholders import with_placeholders
from agent.uplinks.shipment import Shipment
from agent.uplinks.specimen import lane_of, specimen
from agent.uplinks.uplink import Asker, Kind
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.model import Plant
from drivers.clock import SystemClock

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3

RESULT: Final = "result"
"""In the place of a kind: the question for what became of a message."""

Shown = dict[str, Any]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `preview` with its options."""
    parser = subparsers.add_parser("layout", help="报文格式 / layouts of messages")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    preview = actions.add_parser("preview", help="显示将要发送的报文 / show the bytes that would be sent")
    preview.add_argument("plant", type=Path, help="配置文件 / the plant file")
    preview.add_argument("uplink", help="上报平台的编号 / id of the uplink")
    preview.add_argument(
        "--kind",
        action="append",
        choices=[kind.value for kind in Kind],
        help="只看这类报文，可多次 / this kind only, may be repeated",
    )
    preview.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        help="覆盖文件 / overlay, may be repeated",
    )
    preview.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )
    preview.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Print the messages. Returns 0; 1: the uplink cannot be built; 2: there is no such; 3: faults."""
    try:
        plant = load_plant(args.plant, overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        print(*(fault.render() for fault in invalid.faults), sep="\n", file=sys.stderr)
        return EXIT_INVALID
    if args.uplink not in plant.uplinks:
        known = ", ".join(plant.uplinks) or "–"
        text = f"没有上报平台 {args.uplink}，有：{known} / no uplink {args.uplink}; there are: {known}"
        print(text, file=sys.stderr)
        return EXIT_USAGE
    kinds = [Kind(kind) for kind in args.kind] if args.kind else list(Kind)
    plant, lacking = with_placeholders(plant, args.uplink, os.environ)
    try:
        shown = [*preview(plant, args.uplink, kinds)]
        if not args.kind:
            shown += question(plant, args.uplink)
    except UplinkUnusable as unusable:
        print(f"{unusable.text.zh} / {unusable.text.en}", file=sys.stderr)
        return EXIT_FAILED
    if args.json:
        print(json.dumps({"placeholders": lacking, "messages": shown}, ensure_ascii=False, indent=2))
    else:
        _print(shown, lacking)
    return 0


def preview(plant: Plant, name: str, kinds: Iterable[Kind]) -> Iterator[Shown]:
    """Yield each kind as it would be sent, or why it is not. Raises UplinkUnusable."""
    clock = SystemClock()
    uplink = build_uplink(plant, name, clock=clock, on_event=_ignore, beside=NOTHING)
    layout, left_out = layout_of(plant, name), plant.layouts[name].left_out
    policy = plant.policies[name]
    window_s = policy.window_s if policy.kind == "snapshot" else 0.0
    for kind in kinds:
        if kind not in layout.kinds:
            yield {"kind": kind.value, "left_out": left_out[kind.value].model_dump()}
            continue
        content = specimen(plant, kind, clock.now_ns(), window_s=window_s)
        part = Shipment([content], lane_of(content), layout.render).current
        if part is not None:
            body = part.parcel.body.decode("utf-8")
            sent = [{"to": wire.to, "bytes": wire.data.decode("utf-8")} for wire in uplink.wires(part.parcel)]
            yield {"kind": kind.value, "body": body, "sent": sent}


def question(plant: Plant, name: str) -> Iterator[Shown]:
    """Yield how the result of a message is asked for, where the platform gives it later."""
    layout = layout_of(plant, name)
    if layout.query is None or plant.uplinks[name].ministry_http is None:
        return
    clock = SystemClock()
    uplink = cast("Asker", build_uplink(plant, name, clock=clock, on_event=_ignore, beside=NOTHING))
    kind = next(iter(plant.layouts[name].kinds))
    query = layout.query(specimen(plant, Kind(kind), clock.now_ns()), "–")
    wire = uplink.question(query)
    sent = [{"to": wire.to, "bytes": wire.data.decode("utf-8")}]
    yield {"kind": RESULT, "body": query.decode("utf-8"), "sent": sent}


async def _keep_nothing(key: str, value: bytes) -> None:
    """Nothing is sent."""


NOTHING: Final = Beside({}, _keep_nothing)


def _ignore(content: Json, *, state: Mapping[str, bytes | None] | None = None) -> None:
    """Nothing is recorded: nothing is sent either."""


def _print(shown: Iterable[Shown], lacking: Sequence[str]) -> None:
    if lacking:
        names = ", ".join(lacking)
        print(
            f"# 本机没有凭据 {names}，用占位值代替 / not on this machine, replaced by placeholders: {names}"
        )
    for message in shown:
        print(f"\n# {message['kind']}")
        if "left_out" in message:
            reason = message["left_out"]
            print(f"# 不上报：{reason['zh']} / not sent: {reason['en']}")
            continue
        if not message["sent"]:
            print("# 不发送内容，连接保持即可 / nothing is sent: that the connection stands is enough")
        elif any(wire["bytes"] != message["body"] for wire in message["sent"]):
            print(message["body"])
        for wire in message["sent"]:
            print(f"# -> {wire['to']}\n{wire['bytes']}")
