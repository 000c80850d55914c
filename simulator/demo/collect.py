"""Draws up the accounting of a run from what its processes left behind."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from config.model import Plant
from simulator.bureau.overlay import OVERLAY
from simulator.demo.accounting import Accounting, Run, account
from simulator.demo.books import read_books
from simulator.demo.hj212_balance import read_station
from simulator.demo.piece import Piece
from simulator.demo.responses import read_responses
from simulator.demo.store_reader import Store


def draw_up(plant: Plant, piece: Piece, run: Run, store: Store) -> Accounting:
    """Hold what was served against the store, and the store against each platform's books.

    Raises OSError or sqlite3.Error where they cannot be read.
    """
    absent = read_absent(piece.platform_folder)
    present = [name for name in plant.uplinks if name not in absent]
    file = piece.platform_folder / "bureau.db"
    is_station = {name: plant.uplinks[name].hj212 is not None for name in present}
    books = {name: read_books(file, name) for name in present if not is_station[name]}
    stations = {name: read_station(file, name) for name in present if is_station[name]}
    responses = read_responses(piece.plant_folder / "served.jsonl")
    return account(plant, run, responses, store, books, absent, stations)


def read_absent(platform_folder: Path) -> Mapping[str, str]:
    """Return the destinations that are not there, with the reason; raises OSError."""
    uplinks = yaml.safe_load((platform_folder / OVERLAY).read_text(encoding="utf-8"))["uplinks"]
    return {name: told["absent"] for name, told in uplinks.items() if "absent" in told}
