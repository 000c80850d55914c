"""What every played connection has in common, whatever its protocol."""

from collections.abc import Mapping
from typing import Protocol

from simulator.faults import Target
from simulator.timeline import Timeline

Overlay = Mapping[str, object]
"""What an overlay file says of one connection, e.g. {"modbus-tcp": {"host": …, "port": …}}."""


class Player(Protocol):
    """Plays the devices of one connection: `open`, then `run` as a task, then `close`."""

    async def open(self) -> Overlay:
        """Begin to answer; returns how to reach it. Raises OSError."""
        ...

    async def run(self) -> None:
        """Play the faults that befall the connection itself; returns after the last, or when cancelled."""
        ...

    async def close(self) -> None:
        """Stop answering; leaves no socket, file or task behind."""
        ...


class Downtime(Protocol):
    """Something that can be taken down and up again."""

    async def down(self) -> None:
        """Be gone, as seen from outside. Twice is as once."""
        ...

    async def up(self) -> None:
        """Be there again. Twice is as once."""
        ...


async def follow(timeline: Timeline, connection_id: str, fault: str, what: Downtime) -> None:
    """Take `what` down while `fault` befalls the connection, and up again."""
    async for _ in timeline.edges(Target.CONNECTION, connection_id):
        if timeline.is_on(fault, Target.CONNECTION, connection_id):
            await what.down()
        else:
            await what.up()
