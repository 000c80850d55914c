"""What the demo shows while it runs: a live table on a terminal, else one plain line a second."""

import sys
from collections.abc import Iterator
from typing import IO, Any, Final, Protocol, Self

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from simulator.demo.eyes import Json, Sight
from simulator.demo.messages import sentence

_STYLES: Final = {"critical": "bold red", "high": "yellow", "medium": "cyan", "low": "white"}


class View(Protocol):
    """Shows a run. A context manager; `interval_s` is how often it wants something to show."""

    interval_s: float

    def say(self, phase: str) -> None:
        """Tell that a phase of the demo has begun (its code in messages.py)."""
        ...

    def show(self, sight: Sight, at_s: float, length_s: float) -> None:
        """Show what was seen `at_s` seconds into a run of `length_s`."""
        ...

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was found."""
        ...


def view_for(output: IO[str] = sys.stdout) -> View:
    """Return the view that fits where standard output leads."""
    return LiveView(Console(file=output)) if output.isatty() else PlainView(output)


class PlainView:
    """One line a second, for a log."""

    interval_s = 1.0

    def __init__(self, output: IO[str]) -> None:
        self._output = output

    def say(self, phase: str) -> None:
        """Write the phase on a line of its own."""
        self._write(sentence(phase))

    def show(self, sight: Sight, at_s: float, length_s: float) -> None:
        """Write one line."""
        self._write(f"{at_s:5.1f}/{length_s:g} s  " + "; ".join(_summary(sight)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._output.flush()

    def _write(self, line: str) -> None:
        print(line, file=self._output, flush=True)


class LiveView:
    """Tables that are drawn over and over."""

    interval_s = 0.5

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._phase = ""

    def say(self, phase: str) -> None:
        """Put the phase into the head line."""
        self._phase = sentence(phase)
        self._live.update(Text(self._phase, style="bold"), refresh=True)

    def show(self, sight: Sight, at_s: float, length_s: float) -> None:
        """Draw everything anew."""
        head = Text(f"{self._phase}  {at_s:5.1f} / {length_s:g} s", style="bold")
        self._live.update(Group(head, *_tables(sight)), refresh=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()


def _summary(sight: Sight) -> Iterator[str]:
    if sight.agent is None:
        yield sentence("no-agent")
        return
    points = [point for device in sight.agent["devices"] for point in device["points"]]
    good = sum(point["quality"] == "good" for point in points)
    yield f"{sentence('values')} {good}/{len(points)}"
    yield f"{sentence('alarms')} {len(sight.agent['alarms'])}"
    for destination in sight.agent["destinations"]:
        name = destination["name"]
        if destination["absent"]:
            yield f"{name} -"
            continue
        door = _door(sight, name)
        yield (
            f"{name} {destination['state']}{f' [{door}]' if door != 'open' else ''}: "
            f"{sentence('backlog')} {destination['backlog_records']}, "
            f"{sentence('has')} {_readings_at(sight, name)}"
        )


def _tables(sight: Sight) -> Iterator[RenderableType]:
    if sight.agent is None:
        yield Text(sentence("no-agent"), style="dim")
        return
    # What matters most stands first: a low terminal cuts the end off.
    yield _destinations(sight)
    yield _alarms(sight.agent)
    yield _devices(sight.agent)


def _devices(agent: Json) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(sentence("device"), no_wrap=True)
    table.add_column(sentence("values"))
    for device in agent["devices"]:
        values = Text("  ").join(_value(point) for point in device["points"])
        table.add_row(f"{device['id']}  {device['name']['zh']}", values)
    return table


def _value(point: dict[str, Any]) -> Text:
    short, quality = point["id"].partition(".")[2], point["quality"]
    text = Text(f"{short} ", style="dim")
    if point["value"] is None:
        return text.append(quality, style="red")
    number = f"{point['value']:.4g}" if isinstance(point["value"], float) else str(point["value"])
    text.append(f"{number} {point['unit']}".rstrip(), style="green" if quality == "good" else "yellow")
    return text if quality == "good" else text.append(f" ({quality})", style="yellow")


def _alarms(agent: Json) -> RenderableType:
    if not agent["alarms"]:
        return Text(sentence("no-alarm"), style="dim")
    lines = Text()
    for alarm in agent["alarms"]:
        lines.append(f"! {alarm['text']['zh']} / {alarm['text']['en']}\n", style=_STYLES[alarm["priority"]])
    return lines


def _destinations(sight: Sight) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("destination", "state", "backlog", "has"):
        table.add_column(sentence(column))
    assert sight.agent is not None
    for destination in sight.agent["destinations"]:
        name = destination["name"]
        if destination["absent"]:
            table.add_row(name, Text(destination["absent"], style="dim"), "", "")
            continue
        state = Text(destination["state"], style="green" if destination["state"] == "up" else "red")
        state.append(f"  [{_door(sight, name)}]", style="dim")
        table.add_row(name, state, str(destination["backlog_records"]), str(_readings_at(sight, name)))
    return table


def _door(sight: Sight, destination: str) -> str:
    platform = sight.platform or {}
    return str(platform.get(destination, {}).get("door", "?"))


def _readings_at(sight: Sight, destination: str) -> object:
    platform = sight.platform or {}
    return platform.get(destination, {}).get("totals", {}).get("readings", "?")
