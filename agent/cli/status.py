"""`edge-agent status`: what a running agent is doing, asked over its control socket."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx

from agent import messages
from agent.alarms import words_rate
from agent.alarms.messages import amount
from agent.cli.link_lines import frame_lines, link_lines
from agent.cli.shown_area import known, phases
from agent.cli.stored_status import lines as stored_lines
from agent.cli.stored_status import stored_status
from agent.state_folder import STATE_DEFAULT, socket_address
from buffering.messages import SENTENCES

DAYS_WHOLE: Final = 3
ACT_TIMEOUT_S: Final = 60.0
"""Looking through the times of a month's records takes some seconds."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("status", help="查看运行状态 / show what the agent is doing")
    parser.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="机器可读 / for programs")
    what.add_argument("--metrics", action="store_true", help="Prometheus 指标 / metrics for Prometheus")
    what.add_argument(
        "--frames",
        metavar="CONNECTION",
        help="该连接最近的报文（UTC 时间）/ the last frames of a connection (times in UTC)",
    )


def run(args: argparse.Namespace) -> int:
    """Print what is asked for. Returns 0, or 1 when nobody answers or there is no such connection."""
    try:
        if args.metrics:
            print(fetch(args.state, "/metrics").text, end="")
            return 0
        if args.frames is not None:
            return _print_frames(fetch(args.state, "/api/v1/frames", connection=args.frames))
        status = ask(args.state)
    except (httpx.TransportError, OSError):
        text = messages.nobody_answers(str(args.state))
        print(f"{text.zh} / {text.en}", file=sys.stderr)
        _print_stored(args)
        return 1
    if args.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(status)))
    return 0


def _print_stored(args: argparse.Namespace) -> None:
    """Print what the store says, where nobody answers and that is what was asked for."""
    stored = None if args.metrics or args.frames else stored_status(args.state)
    if stored is not None and args.json:
        print(json.dumps(stored, ensure_ascii=False, indent=2))
    elif stored is not None:
        print("\n".join(stored_lines(stored)))


def ask(state: Path) -> dict[str, Any]:
    """Return the running agent's status. Raises httpx.TransportError or OSError when nobody answers."""
    answer: dict[str, Any] = fetch(state, "/api/v1/status").json()
    return answer


def fetch(state: Path, path: str, **parameters: str) -> httpx.Response:
    """Ask the running agent. Raises httpx.TransportError or OSError when nobody answers."""
    with (
        socket_address(state) as address,
        httpx.Client(transport=httpx.HTTPTransport(uds=address), base_url="http://agent") as client,
    ):
        return client.get(path, params=parameters)


def post(state: Path, path: str, asked: dict[str, str]) -> httpx.Response:
    """Have the running agent do something. Raises httpx.TransportError or OSError when nobody answers."""
    with (
        socket_address(state) as address,
        httpx.Client(
            transport=httpx.HTTPTransport(uds=address), base_url="http://agent", timeout=ACT_TIMEOUT_S
        ) as client,
    ):
        return client.post(path, json=asked)


def _print_frames(answer: httpx.Response) -> int:
    if answer.status_code != httpx.codes.OK:
        text = messages.no_such_connection(answer.json()["connections"])
        print(f"{text.zh} / {text.en}", file=sys.stderr)
        return 1
    if frames := answer.json()["frames"]:
        print("\n".join(frame_lines(frames)))
    else:
        text = messages.frames_not_kept() if frames is None else messages.no_frames_yet()
        print(f"{text.zh} / {text.en}", file=sys.stderr)
    return 0


def lines(status: dict[str, Any]) -> list[str]:
    """Return the status in lines for people."""
    return [
        f"{status['plant']} {status['name']['zh']} / {status['name']['en']}: {status['uptime_s']:.0f} s",
        *_own_faults(status["process"]["faults"]),
        *_store(status["store"]),
        *(line for link in status["links"] for line in link_lines(link, ZoneInfo(status["timezone"]))),
        *(line for destination in status["destinations"] for line in destination_lines(destination)),
        *(f"{text.zh} / {text.en}" for text in known(status["areas"], ZoneInfo(status["timezone"]))),
        *(f"{text.zh} / {text.en}" for text in phases(status["gates"])),
        *_flood(status["flood"]),
        *(f"! {alarm['text']['zh']} / {alarm['text']['en']}" for alarm in status["alarms"]),
        *(f"! {each['text']['zh']} / {each['text']['en']}" for each in _bypasses(status)),
        *(f"! {setting['text']['zh']} / {setting['text']['en']}" for setting in status["settings"]),
        *(_point(point) for device in status["devices"] for point in device["points"]),
    ]


def _flood(flood: dict[str, Any] | None) -> list[str]:
    if flood is None:
        return []
    text = words_rate.flooding(flood["first"], flood["alarms"])
    return [f"! {text.zh} / {text.en}"]


def _bypasses(status: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is out of use; settings that differ have lines of their own."""
    return [each for each in status["out_of_use"] if each["cause"] != "setting-differs"]


def _own_faults(faults: dict[str, int]) -> list[str]:
    texts = [messages.own_fault(task, count) for task, count in faults.items()]
    return [f"! {text.zh} / {text.en}" for text in texts]


def _store(store: dict[str, Any]) -> list[str]:
    words = [store["stopgap"]] if store["stopgap"] else []
    if store["trouble"]:
        zh, en = SENTENCES[store["trouble"]["reason"]]
        words.append({"zh": zh, "en": en})
    return [*_holding(store["holding"]), *(f"! 存储 / store: {text['zh']} / {text['en']}" for text in words)]


def _holding(holding: dict[str, Any] | None) -> list[str]:
    if holding is None:
        return []
    used, room = holding["used_bytes"] / 1e6, holding["capacity_bytes"] / 1e6
    days = "" if holding["days"] is None else _days(holding["days"])
    return [f"存储 / store: {used:.0f} / {room:.0f} MB{days}"]


def _days(days: float) -> str:
    shown = f"{days:.0f}" if days >= DAYS_WHOLE else f"{days:.1f}"
    return f", 按当前速率可存 {shown} 天 / holds {shown} days at this rate"


def destination_lines(destination: dict[str, Any]) -> list[str]:
    """Return one destination in lines for people."""
    error = destination["last_error"]
    words = f": {error['zh']} / {error['en']}" if error else ""
    texts = [each["text"] for each in destination["failing"]]
    if destination["awaited"]:
        texts.append(destination["awaited"]["text"])
    summary = (
        f"平台 / destination {destination['name']}: {destination['state']}, "
        f"待发 / backlog {destination['backlog_records']} 条记录 / records, "
        f"搁置 / set aside {destination['parked']} 条报文 / messages, "
        f"启动以来已确认 / confirmed since the start {destination['confirmed']} 条报文 / messages"
        f"{_kept_back(destination)}{words}"
    )
    return [summary, *(f"  ! {text['zh']} / {text['en']}" for text in texts)]


def _kept_back(destination: dict[str, Any]) -> str:
    points = ", ".join(destination["kept_back"])
    return f", 平台拒收的测点 / points that it refuses: {points} (edge-agent quarantine)" if points else ""


def _point(point: dict[str, Any]) -> str:
    value = point["value"] if isinstance(point["value"], str) else amount(point["value"], "")
    unit = f" {point['unit']}" if point["unit"] else ""
    return f"  {point['id']}: {value}{unit} ({point['quality']})"
