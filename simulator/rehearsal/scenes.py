"""The scenarios that we bring, and how one is named: by its name, or by a file."""

from importlib.resources import files
from pathlib import Path


class NoSuchScenario(Exception):
    """Neither a file nor a scenario that we bring; `known` are those."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


def scenario_path(named: str) -> Path:
    """Return the scenario's file. Raises NoSuchScenario."""
    ours = Path(str(files("simulator"))) / "scenarios"
    known = tuple(sorted(path.stem for path in ours.glob("*.yaml")))
    if named in known:
        return ours / f"{named}.yaml"
    path = Path(named)
    if not path.is_file():
        raise NoSuchScenario(named, known)
    return path
