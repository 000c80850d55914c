"""What each namespace index meant when it was first used: an index that means another now is no address.

A server gives the indices anew whenever it starts, in the order in which it loads its
models. A node id written `ns=2;…` may then be another node, and its value looks as good.
The meaning is kept across restarts of the agent. Index 0 is OPC UA's own and index 1
the server's, named after its host.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from config.node_id import NodeAddress, NodeName
from drivers.clock import Clock
from drivers.note import Note, OnNote
from drivers.opcua.server import ServerFacts

_FIRST_FREE: Final = 2


class Namespaces:
    """The indices that the addresses of one connection use."""

    def __init__(
        self,
        connection_id: str,
        addresses: Iterable[NodeAddress],
        kept: Mapping[str, bytes],
        clock: Clock,
        on_note: OnNote,
    ) -> None:
        self._connection_id = connection_id
        self._key = f"namespaces/{connection_id}"
        self._used = sorted({index for address in addresses for index in _indices(address)})
        self._meant: dict[int, str] = {
            int(index): uri for index, uri in json.loads(kept.get(self._key, b"{}")).items()
        }
        self._clock = clock
        self._on_note = on_note

    def compare(self, server: ServerFacts) -> ServerFacts:
        """Learn what is used for the first time; return the server's facts with what each index meant."""
        known = dict(enumerate(server.namespaces))
        new = {i: known[i] for i in self._used if i in known and i not in self._meant}
        if new:
            self._meant |= new
            self._on_note(
                Note(
                    "namespaces-learnt",
                    self._connection_id,
                    self._clock.now_ns(),
                    {"namespaces": ", ".join(f"{index} = {uri}" for index, uri in new.items())},
                    kept={self._key: json.dumps(self._meant).encode()},
                )
            )
        return replace(server, meant=self._meant)


def _indices(address: NodeAddress) -> Iterable[int]:
    spaces = [address.namespace] if isinstance(address, NodeName) else [ns for ns, _ in address.segments]
    return [space for space in spaces if isinstance(space, int) and space >= _FIRST_FREE]
