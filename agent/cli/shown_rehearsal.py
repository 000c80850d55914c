"""The time line of a rehearsal on a terminal, as JSON, and as a page."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from agent.cli.rehearsing import Wish
from agent.cli.table import render
from config.model import Plant
from simulator.rehearsal.course import Course
from simulator.rehearsal.heading import Heading
from simulator.rehearsal.messages import sentence
from simulator.rehearsal.page import page
from simulator.rehearsal.plots import plots
from simulator.rehearsal.ran import Ran
from simulator.rehearsal.record import as_json
from simulator.rehearsal.rows import Row, rows
from simulator.rehearsal.spans import clock_time


def heading_of(wish: Wish, scenario: Path) -> Heading:
    """Return what the time line is about."""
    plant = wish.plant
    return Heading(
        plant.id,
        f"{plant.name.zh} {plant.name.en}",
        plant.timezone,
        plant.path.name,
        plant.text_sha256,
        scenario.stem,
        wish.seed,
        wish.speed,
        wish.scenario.duration_s,
    )


def show(
    args: argparse.Namespace, plant: Plant, heading: Heading, ran: Ran, course: Course, store: Path
) -> None:
    """Print it, and write the page if one is wanted. Raises OSError, sqlite3.Error."""
    if args.json:
        print(json.dumps(as_json(heading, ran, course), ensure_ascii=False, indent=2))
    else:
        print(*_lines(plant, heading, ran, course), sep="\n")
    if args.out is not None:
        text = page(plant, heading, ran, course, plots(plant, heading.length_s, ran.begin_ns, course, store))
        args.out.write_text(text, encoding="utf-8")
        if not args.json:
            print(f"{sentence('written')}: {args.out}")


def _lines(plant: Plant, heading: Heading, ran: Ran, course: Course) -> Iterator[str]:
    for code, said in heading.rows(ran):
        yield f"{sentence(code)}: {said}"
    yield from heading.how(ran)
    yield ""
    shown = [line for row in rows(plant, course, heading.length_s) for line in _row(row)]
    if shown:
        titles = ("time", "what", "delay", "value")
        zh, en = ([sentence(code).partition(" / ")[part] for code in titles] for part in (0, 2))
        yield render(zh, [en, *shown], right="r")
        yield ""
    yield summary(course)
    yield sentence("simulated")


def summary(course: Course) -> str:
    """Return how many alarms there were, and how many stood to the end."""
    count = len(course.alarms)
    standing = sum(alarm.ended_s is None for alarm in course.alarms)
    said = sentence("some", count=count) if count else sentence("none")
    return f"{said} {sentence('standing', count=standing)}" if standing else said


def _row(row: Row) -> Iterator[tuple[str, str, str, str]]:
    yield clock_time(row.at_s), row.what[0], row.delay[0], row.value
    if row.what[1] != row.what[0]:
        yield "", row.what[1], row.delay[1] if row.delay[1] != row.delay[0] else "", ""
