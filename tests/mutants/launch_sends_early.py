"""`edge-agent` with the recorder that sends what is staged, as a process of its own.

python -m tests.mutants.launch_sends_early run PLANT --state DIR
"""

import sys
from typing import Any

import agent.cli.run
import agent.daemon
from agent.cli.main import main
from agent.gateway import Gateway
from tests.mutants.recorders import SendsStaged


class LeakyDaemon(agent.daemon.Daemon):
    """Gives the recorder the forwarders."""

    def _build(self, outbox: Any, recorder: Any, *rest: Any) -> Gateway:
        gateway = super()._build(outbox, recorder, *rest)
        recorder.forwarders = tuple(gateway.forwarders.values())
        return gateway


if __name__ == "__main__":
    setattr(agent.daemon, "Recorder", SendsStaged)  # noqa: B010 – a type checker sees two classes
    setattr(agent.cli.run, "Daemon", LeakyDaemon)  # noqa: B010
    sys.exit(main())
