"""A gateway that wants to read one point of a secured server, and what it is told."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from cryptography import x509

from config.opcua_link import OpcUa
from drivers.clock import SystemClock
from drivers.messages import describe
from drivers.opcua import identity
from drivers.opcua.certificate import certificate_path, key_path
from drivers.opcua.trust import TrustStore
from tests.drivers.opcua_pki import pem_of, rsa_key
from tests.drivers.opcua_secured import SecuredServer
from tests.drivers.opcua_server import endpoint
from tests.drivers.plant import Recorder, device, node_point, running

ENCRYPTED = "Basic256Sha256/SignAndEncrypt"
SIGNED = "Basic256Sha256/Sign"
OPERATOR = {"name": "operator", "password": "${env:PASSWORD}"}


class SetClock(SystemClock):
    """The machine's clock, of which the kernel says what the test wants."""

    def __init__(self, *, synchronised: bool = True) -> None:
        super().__init__()
        self._synchronised = synchronised

    def synchronised(self) -> bool:
        return self._synchronised


def write_own(pki: Path, own: x509.Certificate, key: str = "own") -> None:
    certificate_path(pki).parent.mkdir(exist_ok=True)
    certificate_path(pki).write_bytes(identity.der_of(own))
    key_path(pki).write_bytes(pem_of(rsa_key(key)))


def trust(pki: Path, shown: x509.Certificate) -> None:
    TrustStore(pki).add("line", shown)


def gateway(
    server: SecuredServer,
    pki: Path,
    security: str = ENCRYPTED,
    *,
    clock: SystemClock | None = None,
    **settings: Any,
) -> AbstractAsyncContextManager[Recorder]:
    """Run a driver that wants to read one point."""
    link = OpcUa.model_validate(
        {
            "endpoint": endpoint(server.port),
            "security": security,
            "publishing_interval": "50 ms",
            "timeout": "2 s",
            **settings,
        }
    )
    point = node_point("tilt", "ns=2;s=tilt", period_s=0.05)
    return running(
        link,
        [device(point, unit_id=None)],
        pki=pki,
        environ={"PASSWORD": "geheim"},
        clock=clock or SetClock(),
    )


async def refused(gateway: AbstractAsyncContextManager[Recorder], code: str) -> str:
    """Return the sentence of the refusal, once it is this one."""
    async with gateway as seen:
        status = await seen.status(code)
    assert seen.link_history == [code]
    assert status.fault is not None
    words = describe(status.fault)
    for text in (words.zh, words.en):
        assert "{" not in text
        assert endpoint_of(text)
    return words.en


def endpoint_of(text: str) -> bool:
    return "opc.tcp://127.0.0.1" in text
