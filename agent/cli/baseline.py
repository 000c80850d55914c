"""`edge-agent baseline list|record`: what rules hold their points against, and how old that is."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from agent.alarms.messages import amount
from agent.cli.asking import EXIT_FAILED, act, add_person, show
from agent.cli.status import fetch
from agent.records import Json
from config.model import Text

PATH: Final = "/api/v1/baselines"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions with their options."""
    parser = subparsers.add_parser("baseline", help="基线：查看、换袋后重新记录 / baselines: list, record")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="列出基线及记录时间 / show baselines and their age")
    listing.add_argument("--json", action="store_true", help="机器可读 / for programs")
    record = actions.add_parser(
        "record", help="换袋后重新记录；原基线立即作废 / record anew; the old one is void at once"
    )
    record.add_argument("rule", help="规则编号 / id of the rule")
    record.add_argument("--reason", default="", help="理由，如 换袋 / why, e.g. bag change")
    record.add_argument(
        "--changed",
        default="",
        metavar="T",
        help="换袋时间，不写即现在 / when the bags were changed, now if not given, 2026-11-24T08:00",
    )
    for action in (listing, record):
        add_person(action)


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0; 1: the agent refuses, or nobody answers."""
    if args.action == "record":
        given = vars(args)
        return act(
            args.state, f"{PATH}/record", {key: given[key] for key in ("rule", "reason", "changed", "as")}
        )
    found = show(args, lambda: fetch(args.state, PATH), lines)
    return EXIT_FAILED if found is None else 0


def lines(found: Json) -> Iterator[Text]:
    """Yield what `/api/v1/baselines` tells."""
    zone = ZoneInfo(found["timezone"])
    if not found["baselines"]:
        yield Text("没有需要基线的规则", "no rule needs a baseline")
    for told in found["baselines"]:
        if (recorded := told["recorded"]) is not None:
            yield _recorded(told, recorded, zone)
        elif (recording := told["recording"]) is not None:
            until, ran = _time(recording["until_ns"], zone), f"{recording['ran_s'] / 60:.0f} min"
            yield Text(
                f"{told['rule']}：正在记录，已有效运行 {ran}，最迟 {until}，{recording['by']}",
                f"being recorded, has run for {ran}, until {until} at the latest, by {recording['by']}",
            )
        else:
            yield Text(f"{told['rule']}：尚无基线，未监视", f"no baseline, not watched ({told['point']})")


def _recorded(told: Any, recorded: Any, zone: ZoneInfo) -> Text:
    mean, low, high = (amount(recorded[key], told["unit"]) for key in ("mean", "low", "high"))
    time, age = _time(recorded["to_ns"], zone), told["age"]
    return Text(
        f"{told['rule']}：{mean}（{low} 至 {high}），{time} 记录，{age['zh'].strip()}前，{recorded['by']}",
        f"{mean} ({low} to {high}), recorded {time}, {age['en']} ago, by {recorded['by']}",
    )


def _time(utc_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(utc_ns // 10**9, zone).strftime("%Y-%m-%d %H:%M")
