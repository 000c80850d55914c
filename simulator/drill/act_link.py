"""Drill `link`: the way to every platform swallows bytes; no connection is closed, nothing is said."""

from config.model import Plant
from simulator.drill.ground import Ground
from simulator.drill.played import Note, Played
from simulator.scenario_file import load_scenario


async def lose_the_link(ground: Ground, plant: Plant) -> Played:
    """Tell when the hole opens and closes; the relays before the platforms follow the scenario."""
    scenario = load_scenario(ground.piece.scenario, plant)
    hole = next(event for event in scenario.events if event.do == "black-hole")
    await ground.until(hole.at)
    ground.tell("hole-opens")
    await ground.until(hole.until)
    ground.tell("hole-closes")
    return Played([Note("did-link", {"seconds": round((hole.until - hole.at) * ground.piece.seconds, 1)})])
