"""What tests of several commands need."""

import socket

import pytest

from agent.cli import first_listen


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


HEARD_S = 0.15


@pytest.fixture(autouse=True)
def _short_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands listen on a line for less than the three seconds that a plant needs."""
    monkeypatch.setattr(first_listen, "LISTEN_S", HEARD_S)


@pytest.fixture
def port() -> int:
    """A port on which nothing listens yet."""
    return free_port()
