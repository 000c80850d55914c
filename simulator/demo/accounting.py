"""The accounting: what was served, accepted, entitled and received, and whether it all agrees.

Computed from what the simulated devices logged, from the stopped agent's store
through a second reader, and from the platform's books; never from the agent's
own counters.

Complete means that every served reading was accepted, but for those that a
recorded gap covers and those served when the agent had been told to stop; that
nothing was stored which no device served; that every destination has exactly
what it is entitled to, but for what the last commit of a stopping agent left to
the next start; and that every crossed limit became an alarm there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from config.model import LimitRule, Plant
from simulator.demo.books import Books
from simulator.demo.crossings import Arrival, Crossing, arrival, crossings, samples_by_point
from simulator.demo.entitlement import Delivery, balance, silent
from simulator.demo.hj212_balance import Station, balance_station
from simulator.demo.join import join
from simulator.demo.policy import owed
from simulator.demo.processes import Usage
from simulator.demo.responses import Response, ServedReading, served_readings
from simulator.demo.store_reader import Store, StoredReading

NS_PER_S: Final = 1_000_000_000
_STOP_SLACK_NS: Final = NS_PER_S // 10  # an answer that was on its way when the signal, or the end, came
_ALARM_SLACK_NS: Final = NS_PER_S  # a delay that ended so shortly before the stop proves nothing


@dataclass(frozen=True, slots=True)
class Run:
    """When the agent was started, first answered, had nothing left to send, and was told to stop.

    Times are UTC. `settled_ns` is `stop_ns` where it never got that far. What the
    agent used until it first answered (`at_start`) is the price of a start.
    """

    begin_ns: int
    answered_ns: int
    settled_ns: int
    stop_ns: int
    at_start: Usage
    usage: Usage


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole that the agent recorded, with its cause."""

    cause: str
    from_ns: int
    to_ns: int
    items: int | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Served against accepted. `missing` and `unfounded` are empty when they agree."""

    responses: int
    served: int
    accepted: int
    after_stop: int
    in_gaps: int
    missing: Sequence[ServedReading]
    unfounded: Sequence[StoredReading]


@dataclass(frozen=True, slots=True)
class Destination:
    """One destination: absent with its reason, or present with its books and their balance."""

    absent: str | None = None
    books: Books | None = None
    delivery: Delivery | None = None

    @property
    def complete(self) -> bool:
        """Whether it has everything; an absent one lacks nothing."""
        return self.delivery is None or self.delivery.complete


@dataclass(frozen=True, slots=True)
class Alarm:
    """A crossed limit, and what became of it at each destination that is present."""

    crossing: Crossing
    arrivals: Mapping[str, Arrival]

    @property
    def complete(self) -> bool:
        """Whether every destination was told, or knew already."""
        return all(a.delay_s is not None or a.standing for a in self.arrivals.values())


@dataclass(frozen=True, slots=True)
class Accounting:
    """Everything that is printed and written to accounting.json."""

    run: Run
    acceptance: Acceptance
    stored_good: int
    stored_readings: int
    gaps: Sequence[Gap]
    destinations: Mapping[str, Destination]
    alarms: Sequence[Alarm]
    first_reading_ns: int | None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing anywhere and nothing was made up."""
        return (
            self.acceptance.served > 0
            and not self.acceptance.missing
            and not self.acceptance.unfounded
            and all(destination.complete for destination in self.destinations.values())
            and all(alarm.complete for alarm in self.alarms)
        )

    @property
    def first_reading_s(self) -> float | None:
        """Seconds from the agent's start to the first response that a device served it."""
        if self.first_reading_ns is None:
            return None
        return (self.first_reading_ns - self.run.begin_ns) / NS_PER_S

    @property
    def cpu_share(self) -> float:
        """The agent's processor time as a share of one core, from its first answer to its stop."""
        run = self.run
        return (run.usage.cpu_s - run.at_start.cpu_s) / ((run.stop_ns - run.answered_ns) / NS_PER_S)


def account(
    plant: Plant,
    run: Run,
    responses: Sequence[Response],
    store: Store,
    books: Mapping[str, Books],
    absent: Mapping[str, str],
    stations: Mapping[str, Station] = MappingProxyType({}),
) -> Accounting:
    """Draw up the accounting; `books`, `stations` and `absent` (with the reason) are per destination.

    A station gets no alarms: HJ 212 has no word for them.
    """
    gaps = tuple(_gaps(store))
    destinations = {name: Destination(absent=reason) for name, reason in absent.items()}
    for name, received in books.items():
        codes = plant.codes.get(name, {})
        due = owed(store, plant, name)
        delivery = balance(name, store, due, received, codes, settled_ns=run.settled_ns)
        destinations[name] = Destination(books=received, delivery=delivery)
    for name, station in stations.items():
        due = owed(store, plant, name)
        delivery = balance_station(
            name,
            replace(store, readings=[reading for reading, _ in due]),
            station,
            plant.codes.get(name, {}),
            timezone=plant.timezone,
            settled_ns=run.settled_ns,
            silent=silent(store.unsent[name], due) if name in store.unsent else frozenset(),
        )
        destinations[name] = Destination(books=station.books, delivery=delivery)
    served = tuple(served_readings(responses))
    return Accounting(
        run=run,
        acceptance=_acceptance(responses, served, store, gaps, run.stop_ns),
        stored_good=sum(reading.quality == "good" for reading in store.readings),
        stored_readings=len(store.readings),
        gaps=gaps,
        destinations=destinations,
        alarms=tuple(_alarms(plant, served, books, run.stop_ns)),
        first_reading_ns=min((r.utc_ns for r in served if r.utc_ns >= run.begin_ns), default=None),
    )


def _acceptance(
    responses: Sequence[Response],
    served: Sequence[ServedReading],
    store: Store,
    gaps: Iterable[Gap],
    stop_ns: int,
) -> Acceptance:
    joined = join(served, store.readings, responses)
    in_time = [r for r in joined.missing if r.utc_ns < stop_ns - _STOP_SLACK_NS]
    spans = [(gap.from_ns - _STOP_SLACK_NS, gap.to_ns) for gap in gaps]
    missing = [r for r in in_time if not any(first <= r.utc_ns <= last for first, last in spans)]
    return Acceptance(
        responses=len(responses),
        served=len(served),
        accepted=joined.accepted,
        after_stop=len(joined.missing) - len(in_time),
        in_gaps=len(in_time) - len(missing),
        missing=missing,
        unfounded=joined.unfounded,
    )


def _gaps(store: Store) -> Iterator[Gap]:
    for event in store.events:
        if event.content["kind"] == "gap":
            content = event.content
            yield Gap(content["cause"], content["from_ns"], content["to_ns"], content.get("items"))


def _alarms(
    plant: Plant, served: Iterable[ServedReading], books: Mapping[str, Books], stop_ns: int
) -> Iterator[Alarm]:
    samples = samples_by_point((r.point, r.utc_ns, r.value) for r in served)
    found = [
        crossing
        for rule in _rules(plant)
        for crossing in crossings(rule, samples.get(rule.point.id, ()), until_ns=stop_ns - _ALARM_SLACK_NS)
    ]
    for crossing in sorted(found, key=lambda crossing: crossing.first_ns):
        yield Alarm(crossing, {name: arrival(crossing, received) for name, received in books.items()})


def _rules(plant: Plant) -> Iterator[LimitRule]:
    for device in plant.devices.values():
        yield from device.rules
