"""`edge-agent simulate PLANT`: plays the devices of one's own plant file on this machine."""

import argparse
import asyncio
import shlex
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.fault import InvalidPlant
from config.load import load_plant
from config.model import Plant
from config.opcua_link import OpcUa

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.timeline import Timeline

_CALM_S: Final = 3600.0  # without a scenario nothing happens; process time is the clock's


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("simulate", help="在本机模拟现场设备 / play the plant's devices here")
    parser.add_argument("plant", type=Path, help="配置文件 / plant file")
    parser.add_argument(
        "--scenario", type=Path, help="情景文件,循环播放 / scenario file, played over and over"
    )
    parser.add_argument(
        "--length",
        type=float,
        metavar="S",
        help="情景在 S 秒内播放一次 / play the scenario once, within S seconds",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="保留日志的目录 / folder to keep the log in")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="随机种子 / seed of all chance")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl-C. Returns 0; 1 when a port or file cannot be had; 3 when a file is invalid."""
    from simulator.scenario_file import InvalidScenario

    try:
        plant = load_plant(args.plant, profile_dirs=args.profiles)
        timeline = _timeline(args, plant)
        with ExitStack() as stack:
            out = args.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="edge-agent-")))
            out.mkdir(parents=True, exist_ok=True)
            asyncio.run(_play(args, plant, timeline, out.resolve()))
    except (InvalidPlant, InvalidScenario) as invalid:
        print(*(fault.render() for fault in invalid.faults), sep="\n", file=sys.stderr)
        return 3
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _timeline(args: argparse.Namespace, plant: Plant) -> "Timeline":
    from simulator.clock import SystemClock
    from simulator.scenario_file import load_scenario
    from simulator.timeline import Timeline

    clock = SystemClock()
    scenario = load_scenario(args.scenario, plant) if args.scenario else _calm()
    length_s = args.length or scenario.duration_s
    return Timeline(scenario, clock.now_ns(), length_s, clock, loops=args.length is None)


def _calm() -> "Scenario":
    from simulator.scenario import Scenario

    return Scenario(_CALM_S)


async def _play(args: argparse.Namespace, plant: Plant, timeline: "Timeline", out: Path) -> None:
    from simulator.lifeline import until_told
    from simulator.overlay import write_uplinks_off
    from simulator.play import play

    def ready(overlay: Path) -> None:
        overlays = (overlay, write_uplinks_off(out, plant.uplinks))
        print(*_invitation(args, plant, overlays, out), sep="\n", flush=True)

    await until_told(play(plant, timeline, out, seed=args.seed, ready=ready))


def _invitation(args: argparse.Namespace, plant: Plant, overlays: tuple[Path, ...], out: Path) -> list[str]:
    from simulator.messages import sentence

    words = ["edge-agent", "run", str(args.plant)]
    for overlay in overlays:
        words += ["--overlay", str(overlay)]
    for folder in args.profiles:
        words += ["--profiles", str(folder)]
    state = ["--state", str(out / "state")]
    lines = [sentence("up", {}), f"  {shlex.join(words + state)}"]
    if any(isinstance(settings, OpcUa) and settings.is_secured for settings in plant.connections.values()):
        command = ["edge-agent", "opcua", "certificate", *state]
        lines = [sentence("certificate", {}), f"  {shlex.join(command)}", *lines]
    return [*lines, sentence("safe", {}), sentence("stop", {})]
