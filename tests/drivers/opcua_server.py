"""A small OPC UA server with a few variables, in this process or, to be killed or hung, in a child.

    python -m tests.drivers.opcua_server PORT [SHIFT]

`ns=2;s=count` rises by one every 50 ms; `ns=2;s=still` never changes. Their namespace is
`urn:small`; with SHIFT, so many others come before it.
"""

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from asyncua import Server, ua

from tests.support.waiting import let_pass

STEP_S = 0.05


def value_of(number: float) -> ua.DataValue:
    return ua.DataValue(ua.Variant(number, ua.VariantType.Double))


class SmallServer:
    """An OPC UA server in this process."""

    def __init__(self, server: Server, port: int, namespace: int = 2) -> None:
        self.server = server
        self.port = port
        self.namespace = namespace

    async def set(self, **values: float) -> None:
        """Set variables to good values."""
        for name, number in values.items():
            await self.put(name, value_of(number))

    async def put(self, name: str, value: ua.DataValue) -> None:
        """Set a variable, made where it does not exist, with status and times as given."""
        node = self.server.get_node(ua.NodeId.from_string(f"ns={self.namespace};s={name}"))
        if node.nodeid not in self.server.iserver.aspace:
            name_ = ua.QualifiedName(name, ua.UInt16(self.namespace))
            await self.server.nodes.objects.add_variable(node.nodeid, name_, 0.0, ua.VariantType.Double)
        await self.server.write_attribute_value(node.nodeid, value)


def endpoint(port: int) -> str:
    return f"opc.tcp://127.0.0.1:{port}/plant"


@asynccontextmanager
async def small_server(port: int, *, shift: int = 0, **values: float) -> AsyncIterator[SmallServer]:
    """Serve `values` until the end; their namespace is the one after `shift` others."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint(endpoint(port))
    for number in range(shift):
        await server.register_namespace(f"urn:other:{number}")
    small = SmallServer(server, port, await server.register_namespace("urn:small"))
    await small.set(**values)
    async with server:
        yield small


@contextmanager
def child_server(port: int, shift: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server in a process of its own; at the end it is killed."""
    command = [sys.executable, "-m", "tests.drivers.opcua_server", str(port), str(shift)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


async def _serve(port: int, shift: int) -> None:
    async with small_server(port, shift=shift, count=0.0, still=1.0) as small:
        print("ready", flush=True)
        number = 0
        while True:
            await let_pass(STEP_S)
            number += 1
            await small.set(count=number)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
