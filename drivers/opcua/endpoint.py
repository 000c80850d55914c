"""Which endpoints a server offers, and the one that a connection asks for.

They are asked for over a channel without security: whoever stands in between may
change them. So nothing is believed of them: a certificate counts only if it is
trusted, and the server has to prove that it is its own; the policy is the plant
file's, and never a lower one that is offered instead.
"""

from collections.abc import Sequence
from typing import Final

from asyncua import Client, ua
from asyncua.crypto import security_policies

from drivers.opcua.access import Access
from drivers.opcua.faults import PolicyNotOffered
from drivers.opcua.refusals import Step, listed, opening
from drivers.opcua.services import ReadOnly

POLICIES: Final = {
    "None": security_policies.SecurityPolicyNone,
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
MODES: Final = {
    "None": ua.MessageSecurityMode.None_,
    "Sign": ua.MessageSecurityMode.Sign,
    "SignAndEncrypt": ua.MessageSecurityMode.SignAndEncrypt,
}

_NO_PROBES_S: Final = 10.0**6
"""asyncua's own health probe is never started; this keeps it quiet if it were."""


def new_client(access: Access, services: ReadOnly) -> Client:
    """Return a client that is not connected yet, and can only read."""
    client = Client(access.url, timeout=access.settings.timeout, watchdog_intervall=_NO_PROBES_S)
    client.uaclient.observer = services
    return client


async def discover(access: Access) -> list[ua.EndpointDescription]:
    """Ask the server what it offers. Raises LinkFault."""
    client = new_client(access, ReadOnly())
    with opening(access, Step.REACH):
        return await client.connect_and_get_server_endpoints()


def choose(access: Access, endpoints: Sequence[ua.EndpointDescription]) -> ua.EndpointDescription:
    """Return the endpoint that the plant file asks for. Raises PolicyNotOffered."""
    wanted = access.settings.security
    for endpoint in endpoints:
        if name_of(endpoint) == wanted and (endpoint.EndpointUrl or "").startswith(ua.OPC_TCP_SCHEME):
            return endpoint
    raise PolicyNotOffered(access.where, wanted=wanted, offered=listed(map(name_of, endpoints)))


def name_of(endpoint: ua.EndpointDescription) -> str:
    """Return policy and mode as the plant file writes them: `Basic256Sha256/Sign`, `None`."""
    policy = (endpoint.SecurityPolicyUri or "").rpartition("#")[2].replace("_", "")
    mode = endpoint.SecurityMode.name.rstrip("_")
    return policy if policy == mode else f"{policy}/{mode}"


def policy_of(security: str) -> tuple[type[security_policies.SecurityPolicy], ua.MessageSecurityMode]:
    """Return the library's policy and mode for `Basic256Sha256/Sign`."""
    policy, _, mode = security.partition("/")
    return POLICIES[policy], MODES[mode or policy]
