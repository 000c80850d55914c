"""The accounting as it is printed, in Chinese and English; ✗ marks what is not as it should be."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from simulator.demo.accounting import NS_PER_S, Accounting, Destination
from simulator.demo.books import Books
from simulator.demo.crossings import Arrival
from simulator.demo.entitlement import Delivery
from simulator.demo.messages import sentence

_FIRST_FEW: Final = 10
_WIDTH: Final = 110

Row = tuple[str, str, bool]  # what, how much, whether that is as it should be


def print_report(accounting: Accounting, console: Console | None = None) -> None:
    """Print the accounting."""
    console = console or Console(width=_WIDTH)
    console.rule(sentence("accounting"))
    console.print(_table(_store_rows(accounting)))
    for name, destination in accounting.destinations.items():
        console.print(name, style="bold")
        console.print(_table(_destination_rows(destination)))
    if accounting.alarms:
        console.print(sentence("delays"), style="bold")
        console.print(_alarm_table(accounting))
        if any(arrival.outage for alarm in accounting.alarms for arrival in alarm.arrivals.values()):
            console.print(f"* {sentence('outage')}", style="dim")
    console.print(_table(_agent_rows(accounting)))
    verdict = sentence("complete" if accounting.complete else "incomplete")
    console.print(verdict, style="bold green" if accounting.complete else "bold red")


def _store_rows(accounting: Accounting) -> Iterator[Row]:
    acceptance = accounting.acceptance
    yield sentence("served"), str(acceptance.served), acceptance.served > 0
    yield sentence("accepted"), str(acceptance.accepted), True
    yield sentence("in-gaps"), str(acceptance.in_gaps), True
    yield sentence("after-stop"), str(acceptance.after_stop), True
    missing = [f"{r.point} {_clock(r.utc_ns)}" for r in acceptance.missing]
    yield sentence("lost"), _few(missing), not missing
    unfounded = [f"{r.point.id} {_clock(r.utc_ns)}" for r in acceptance.unfounded]
    yield sentence("unfounded"), _few(unfounded), not unfounded
    yield sentence("stored"), str(accounting.stored_readings), True
    gaps = [f"{gap.cause} {(gap.to_ns - gap.from_ns) / NS_PER_S:.1f} s" for gap in accounting.gaps]
    yield sentence("gaps"), ", ".join(gaps) or sentence("no-gap"), True


def _destination_rows(destination: Destination) -> Iterator[Row]:
    books, delivery = destination.books, destination.delivery
    if books is None or delivery is None:
        yield sentence("absent"), destination.absent or "", True
        return
    yield sentence("entitled"), str(delivery.entitled_readings), True
    yield sentence("received"), str(delivery.received_readings), True
    missing = [f"{r.point.id} {_clock(r.utc_ns)}" for r in delivery.missing_readings]
    yield sentence("missing"), _few(missing), not missing
    yield sentence("left"), f"{delivery.left_readings} ({delivery.left_records})", True
    records = [f"{lane} {epoch}/{seq}" for lane, epoch, seq in delivery.missing_records]
    yield sentence("missing-records"), _few(records), not records
    for what, identities in (
        ("contradicted", delivery.contradicted),
        ("never-accepted", delivery.never_accepted),
    ):
        yield sentence(what), _few(["/".join(map(str, i)) for i in identities]), not identities
    if books.messages:
        yield from _message_rows(books, delivery)
    attempts = ", ".join(f"{outcome} {count}" for outcome, count in sorted(books.attempts.items()))
    yield sentence("attempts"), attempts, True


def _message_rows(books: Books, delivery: Delivery) -> Iterator[Row]:
    """Yield what only messages with numbers, alarms and events can tell; HJ 212 has none."""
    yield sentence("alarms-received"), str(len(books.alarms)), True
    yield sentence("events-received"), str(books.events), True
    yield sentence("duplicates"), str(books.repeats), True
    holes = ", ".join(map(str, delivery.missing_numbers[:_FIRST_FEW]))
    last = max(books.numbers, default=0)
    numbers = sentence("holes", numbers=holes) if holes else sentence("gapless", last=last)
    yield sentence("numbers"), numbers, not holes


def _agent_rows(accounting: Accounting) -> Iterator[Row]:
    first_s = accounting.first_reading_s
    yield sentence("first-reading"), "–" if first_s is None else f"{first_s:.2f} s", first_s is not None
    start = sentence("start-cost", seconds=accounting.run.at_start.cpu_s)
    yield sentence("cpu"), f"{accounting.cpu_share:.1%} ({start})", True
    yield sentence("rss"), f"{accounting.run.usage.rss_bytes / 1e6:.0f} MB", True


def _table(rows: Iterator[Row]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for what, how_much, right in rows:
        table.add_row(" " if right else "✗", what, how_much, style=None if right else "bold red")
    return table


def _alarm_table(accounting: Accounting) -> Table:
    told = {name for alarm in accounting.alarms for name in alarm.arrivals}
    present = [name for name in accounting.destinations if name in told]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "UTC", "", ""):
        table.add_column(column, no_wrap=True)
    for column in (sentence("on-delay"), *present):
        table.add_column(column, justify="right", no_wrap=True)
    for alarm in accounting.alarms:
        rule = alarm.crossing.rule
        table.add_row(
            " " if alarm.complete else "✗",
            _clock(alarm.crossing.first_ns),
            rule.id,
            f"{rule.limit:g} {rule.point.unit}",
            f"{rule.on_delay_s:g} s",
            *(_arrival_text(alarm.arrivals[name]) for name in present),
            style=None if alarm.complete else "bold red",
        )
    return table


def _arrival_text(arrival: Arrival) -> str:
    if arrival.delay_s is not None:
        return f"{arrival.delay_s:.3f} s{' *' if arrival.outage else '  '}"
    return sentence("standing" if arrival.standing else "not-told")


def _few(things: list[str]) -> str:
    shown = ", ".join(things[:_FIRST_FEW])
    return f"{len(things)}: {shown}{', …' if len(things) > _FIRST_FEW else ''}" if things else "0"


def _clock(utc_ns: int) -> str:
    """Return the time of day in UTC, to the second; dates are told elsewhere."""
    seconds = utc_ns // NS_PER_S % 86400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"
