"""What /metrics answers: the agent's state in numbers. Every name is explained in docs/metrics.md."""

import resource
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from agent.exposition import Exposition
from agent.gateway import Gateway
from agent.link_metrics import add_links
from agent.out_of_use import out_of_use
from buffering.record import Lane


def metrics(gateway: Gateway) -> str:
    """Return a snapshot in Prometheus' text format."""
    exposition = Exposition()
    _add_process(exposition, gateway)
    _add_readings(exposition, gateway)
    add_links(exposition, gateway.drivers, gateway.clock.monotonic_ns())
    _add_destinations(exposition, gateway)
    _add_store(exposition, gateway)
    return exposition.text


def _add_process(exposition: Exposition, gateway: Gateway) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    labels = {"plant": gateway.plant.id, "version": version("edge-gateway-agent")}
    exposition.gauge("edge_agent_info", "Which plant, and which version of the agent", [(labels, 1)])
    exposition.gauge(
        "process_start_time_seconds", "When the agent was started", [({}, gateway.started_ns / 1e9)]
    )
    exposition.counter(
        "process_cpu_seconds_total", "Processor time used", [({}, usage.ru_utime + usage.ru_stime)]
    )
    exposition.gauge("process_resident_memory_bytes", "Memory in use", [({}, _resident_bytes())])
    exposition.gauge("process_open_fds", "Open files and sockets", [({}, _open_files())])
    exposition.gauge(
        "edge_agent_loop_lag_seconds",
        "Worst lateness of the event loop in the last minute",
        [({}, gateway.lag.worst_s)],
    )
    exposition.counter(
        "edge_agent_task_faults_total",
        "Faults of the agent's own, survived, by task",
        [({"task": task}, count) for task, count in sorted(gateway.supervisor.faults.items())],
    )


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _add_suppressed(exposition: Exposition, gateway: Gateway) -> None:
    engine = gateway.engine
    exposition.gauge(
        "edge_agent_area_state",
        "What the area does: 1 for the state that holds",
        [({"area": id_, "state": area.state.value}, 1) for id_, area in engine.areas.watches.items()],
    )
    exposition.gauge(
        "edge_agent_rules_suppressed",
        "Rules that rest in a planned stop",
        [({}, sum(alarm.rests for alarm in engine.alarms))] if engine.areas.watches else [],
    )
    exposition.gauge(
        "edge_agent_limits_not_in_force",
        "Limits that do not hold in the phase of their gate",
        [({"gate": id_}, len(gate.not_in_force)) for id_, gate in engine.gates.items()],
    )


def _add_out_of_use(exposition: Exposition, gateway: Gateway) -> None:
    engine = gateway.engine
    alarms = [alarm.kept for alarm in engine.alarms]
    exposition.gauge(
        "edge_agent_alarms_shelved",
        "Alarms that are shelved",
        [({}, sum(a.shelved is not None for a in alarms))],
    )
    exposition.gauge(
        "edge_agent_rules_not_evaluated",
        "Rules that nobody watches, for want of values",
        [({}, sum(not a.is_watched for a in engine.alarms))],
    )
    # The cause that people bring about is always told, so that a page of graphs has a line at 0.
    causes = Counter({"out-of-service": 0})
    causes.update(str(each["cause"]) for each in out_of_use(gateway))
    exposition.gauge(
        "edge_agent_bypasses",
        "Protections that are out of use or were changed, by cause",
        [({"cause": cause}, count) for cause, count in sorted(causes.items())],
    )
    exposition.gauge(
        "edge_agent_alarm_flood", "1 while a flood of alarms lasts", [({}, engine.flood is not None)]
    )


def _add_readings(exposition: Exposition, gateway: Gateway) -> None:
    words = Counter(gateway.latest.of(point.id).quality.word for point in gateway.plant.points)
    exposition.gauge(
        "edge_agent_points",
        "Points by the quality of their latest reading",
        [({"quality": word}, count) for word, count in sorted(words.items())],
    )
    standing = Counter(str(alarm["priority"]) for alarm in gateway.engine.standing())
    exposition.gauge(
        "edge_agent_alarms_standing",
        "Alarms and lost protections that stand, by priority",
        [({"priority": word}, standing[word]) for word in ("critical", "high", "medium", "low")],
    )
    _add_suppressed(exposition, gateway)
    _add_out_of_use(exposition, gateway)
    links = gateway.pipeline.links
    exposition.gauge(
        "edge_agent_link_up",
        "Whether something behind the connection answers",
        [
            ({"connection": driver.connection_id}, float(link is not None and link.up))
            for driver in gateway.drivers
            for link in [links.get(driver.connection_id)]
        ],
    )


def _add_destinations(exposition: Exposition, gateway: Gateway) -> None:
    names = tuple(gateway.plant.uplinks)
    backlogs = {name: gateway.outbox.backlog(name) for name in names}
    forwarders = gateway.forwarders
    exposition.gauge(
        "edge_agent_destination_up",
        "Whether the destination took the last message",
        [({"destination": n}, float(n in forwarders and forwarders[n].standing.up.is_set())) for n in names],
    )
    exposition.gauge(
        "edge_agent_backlog_records",
        "Records in the outbox that the destination has not confirmed",
        [({"destination": n}, backlogs[n].records) for n in names],
    )
    exposition.gauge(
        "edge_agent_backlog_items",
        "Readings, alarms and events in these records",
        [({"destination": n}, backlogs[n].items) for n in names],
    )
    exposition.gauge(
        "edge_agent_backlog_oldest_timestamp_seconds",
        "When the oldest of these was taken",
        [
            ({"destination": n}, None if oldest is None else oldest / 1e9)
            for n in names
            for oldest in [backlogs[n].oldest_ns]
        ],
    )
    exposition.gauge(
        "edge_agent_parked_messages",
        "Messages that the destination refused for good",
        [({"destination": n}, len(gateway.outbox.parked(n))) for n in names],
    )
    exposition.gauge(
        "edge_agent_failing_messages",
        "Messages that failed more than once and are tried on, by kind",
        [
            ({"destination": n, "kind": kind.value}, each.messages)
            for n, f in forwarders.items()
            for kind, each in f.standing.failing.items()
        ],
    )
    exposition.gauge(
        "edge_agent_awaited_messages",
        "Messages that the destination has taken and owes the result of",
        [
            ({"destination": n}, len(f.results.awaited))
            for n, f in forwarders.items()
            if f.results is not None
        ],
    )
    exposition.counter(
        "edge_agent_messages_confirmed_total",
        "Messages that the destination confirmed",
        [({"destination": n}, f.standing.counts.messages) for n, f in forwarders.items()],
    )
    exposition.counter(
        "edge_agent_messages_failed_total",
        "Attempts to send that failed",
        [({"destination": n}, f.standing.counts.failures) for n, f in forwarders.items()],
    )


def _add_store(exposition: Exposition, gateway: Gateway) -> None:
    outbox = gateway.outbox
    well = outbox.trouble is None and gateway.stopgap is None
    exposition.gauge("edge_agent_store_up", "Whether the outbox works as it should", [({}, float(well))])
    exposition.gauge(
        "edge_agent_store_head",
        "Number of the last committed record, by lane",
        [({"lane": lane.value}, outbox.head(lane)) for lane in Lane],
    )
    holding = outbox.upkeep.holding
    if holding is not None:
        exposition.gauge("edge_agent_store_used_bytes", "What the outbox holds", [({}, holding.used_bytes)])
        exposition.gauge(
            "edge_agent_store_capacity_bytes", "What it may come to", [({}, holding.capacity_bytes)]
        )
