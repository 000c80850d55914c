"""`edge-agent alarm list|ack|handle|shelve|…|test`: what people do about alarms, and tests with gas."""

import argparse
from typing import Final

from agent.cli.asking import EXIT_FAILED, act, add_person, show
from agent.cli.shown_alarm import lines
from agent.cli.status import fetch

PATH: Final = "/api/v1/alarms"
ACTIONS: Final = {
    "list": "列出未结束、待确认、待处置、被抑制的报警 / list what stands, waits or is suppressed",
    "ack": "确认 / acknowledge",
    "handle": "填写原因和措施 / tell cause and measure",
    "shelve": "就地消音，到时自动恢复 / keep it silent here for a time",
    "unshelve": "提前结束消音 / end that before its time",
    "reset": "复位锁存的报警 / let go of a latched alarm",
    "take-out": "退出运行，到时自动恢复 / take a rule out of service for a time",
    "put-back": "提前恢复运行 / end that before its time",
    "test": "通气试验：该测点的报警按试验上报，到时结束并记录 T90 和延时 / test a sensor with real gas",
    "test-end": "提前结束通气试验，给出结果 / end that before its time, with the result",
}
OPTIONS: Final = {
    "ack": ("reason",),
    "handle": ("cause", "measure"),
    "shelve": ("reason", "for", "until"),
    "unshelve": ("reason",),
    "reset": ("reason",),
    "take-out": ("reason", "for", "until"),
    "put-back": ("reason",),
    "test": ("gas", "for"),
    "test-end": (),
}
TESTS: Final = ("test", "test-end")
"""About a point, and not about an alarm."""
_HELP: Final = {
    "reason": "理由 / why",
    "cause": "原因代码，由企业自定 / code of the cause, from the plant's own list",
    "measure": "采取的措施 / what was done",
    "for": "时长，如 30 min / for how long",
    "gas": '标准气和批号，如 "CO 50 ppm, lot 123" / gas and lot',
    "until": "结束时间，如 2026-12-01T14:00 / until when",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions with their options."""
    parser = subparsers.add_parser("alarm", help="报警：查看、确认、处置 / alarms: list, acknowledge, handle")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in ACTIONS.items():
        action = actions.add_parser(name, help=what)
        add_person(action)
        if name == "list":
            action.add_argument("--json", action="store_true", help="机器可读 / for programs")
            continue
        if name in TESTS:
            action.add_argument("point", help="测点 / device.point")
        else:
            action.add_argument("alarm", help="规则或报警编号 / id of a rule or an alarm")
        for option in OPTIONS[name]:
            action.add_argument(f"--{option}", default="", help=_HELP[option])


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0; 1: the agent refuses, or nobody answers."""
    if args.action == "list":
        found = show(args, lambda: fetch(args.state, PATH), lines)
        return EXIT_FAILED if found is None else 0
    given = vars(args)
    about = "point" if args.action in TESTS else "alarm"
    said = {key: given[key] for key in (about, *OPTIONS[args.action], "as")}
    return act(args.state, f"{PATH}/{args.action}", said)
