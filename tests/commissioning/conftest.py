"""What tests of several commands need."""

import socket

import pytest


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def port() -> int:
    """A port on which nothing listens yet."""
    return free_port()
