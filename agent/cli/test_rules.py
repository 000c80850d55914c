"""`edge-agent test-rules FILE…`: do the rules of a plant file say what its engineer expects?"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from agent.cli.shown_cases import as_json, lines
from agent.rule_tests.messages import whole
from agent.rule_tests.play import play, rules_of
from agent.rule_tests.verdict import Verdict, judge_case
from config.case_load import load_cases
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from drivers.clock import Clock, SystemClock

EXIT_FAILED: Final = 1
EXIT_INVALID: Final = 3


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser(
        "test-rules", help="规则的单元测试 / do the rules say what is expected of them?"
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="用例文件 / files of cases")
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Play every case. Returns 0 when all are as expected, 1 when one is not, 3 when a file is invalid."""
    profiles, clock = tuple(args.profiles) or (SITE_PROFILES,), SystemClock()
    began_ns = clock.monotonic_ns()
    try:
        tested = [(path, _verdicts(path, profiles)) for path in args.files]
    except InvalidPlant as invalid:
        print("\n".join(fault.render() for fault in invalid.faults), file=sys.stderr)
        return EXIT_INVALID
    verdicts = [verdict for _, each in tested for verdict in each]
    failed = sum(not verdict.is_fine for verdict in verdicts)
    if args.json:
        print(json.dumps(as_json(tested), ensure_ascii=False, indent=2))
    else:
        print(*(line for path, each in tested for line in lines(path, each)), sep="\n")
        said = whole(len(verdicts), failed, _ms_since(began_ns, clock))
        print(f"{said.zh} / {said.en}")
    return EXIT_FAILED if failed else 0


def _verdicts(path: Path, profiles: tuple[Path, ...]) -> list[Verdict]:
    file = load_cases(path, rules_of, profile_dirs=profiles)
    return [judge_case(case, play(file.plant, case)) for case in file.cases.values()]


def _ms_since(began_ns: int, clock: Clock) -> float:
    return (clock.monotonic_ns() - began_ns) / 1e6
