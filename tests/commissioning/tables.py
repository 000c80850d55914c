"""Imports a point table as `points import` does, with the options of the command line."""

import argparse
import contextlib
import io
from pathlib import Path

import yaml

from agent.cli import main as command_line
from agent.cli import points
from agent.commissioning.stanza import Stanza
from agent.commissioning.table import import_table
from config.fault import Fault, Findings
from config.load import load_plant
from config.model import Plant

PLANT = 'plant: {id: P-1, name: 测试厂, region: "140800"}\nconnections:\n'


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    points.add_parser(parser.add_subparsers())
    return parser.parse_args(["points", "import", "table", *words])


def imported(table: Path, *words: str) -> tuple[Stanza | None, Findings]:
    findings = Findings()
    return import_table(table, points.options_of(options(*words)), findings), findings


def told(faults: tuple[Fault, ...]) -> list[str]:
    return [f"{fault.line}:{fault.column} {fault.code}" for fault in faults]


def loaded(stanza: Stanza, folder: Path) -> Plant:
    """Return the plant that a stanza makes, pasted into a plant file that has its connections."""
    written = yaml.safe_load(stanza.text)
    stubs = {id_: {"modbus-tcp": {"host": "192.0.2.1"}} for id_ in stanza.uses}
    stubs |= {id_: {"opcua": {"endpoint": "opc.tcp://192.0.2.1"}} for id_ in stanza.node_connections}
    connections = {**stubs, **written.get("connections", {})}
    body = stanza.text[stanza.text.index("devices:") :]
    path = folder / "plant.yaml"
    lines = "".join(f"  {id_}: {settings}\n" for id_, settings in connections.items())
    path.write_text(PLANT + lines + body, encoding="utf-8")
    return load_plant(path, profile_dirs=())


def run(*words: str) -> tuple[int, str, str]:
    """Run a command; returns its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command_line.main(words)
    return code, out.getvalue(), err.getvalue()
