"""One session with an OPC UA server: opened, used, closed; never reconnected.

asyncua could reconnect by itself. We open a new session instead: one path for
start, restart and hang; every loss is seen, jittered and reported; and no
subscription half survives. The steps are taken one by one, so that each refusal
can be told from the others.

Order of trust: the server's certificate is checked before a secure channel is
opened to it, again with what the server says of itself inside that channel, and
before any user's name or password leaves.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from asyncua import Client, ua
from asyncua.crypto.uacrypto import CertProperties

from config.model import Text
from drivers.errors import Lost, SessionRefused, Unreachable
from drivers.opcua import identity
from drivers.opcua.access import Access, User
from drivers.opcua.certificate import APPLICATION_NAME, application_uri, load_own
from drivers.opcua.endpoint import choose, discover, name_of, new_client, policy_of
from drivers.opcua.faults import AnonymousRefused, PasswordExposed, UserKindNotOffered
from drivers.opcua.refusals import Step, listed_texts, opening
from drivers.opcua.services import OnLost, ReadOnly

SESSION_TIMEOUT_MS: Final = 60_000
"""How long the server keeps a session that we lost: few servers have many to spare."""
RENEW_SHARE: Final = 0.75
"""Of a secure channel's lifetime, after which its keys are renewed: OPC 10000-4, 5.5.2.1."""

_KINDS: Final = {
    ua.UserTokenType.Anonymous: Text("匿名", "anonymous"),
    ua.UserTokenType.UserName: Text("用户名和密码", "name and password"),
    ua.UserTokenType.Certificate: Text("用户证书", "certificate"),
    ua.UserTokenType.IssuedToken: Text("签发的令牌", "issued token"),
}


@asynccontextmanager
async def open_session(
    access: Access, on_lost: OnLost, observe: Callable[[OnLost], ReadOnly] = ReadOnly
) -> AsyncIterator[Client]:
    """Connect, and close at the end. `on_lost` is called when the connection breaks by itself;
    `observe` makes what stands before the transport.

    Raises LinkFault: Refused, Unreachable, Lost, SessionRefused, or a SecurityFault.
    """
    user = access.user()
    client = new_client(access, observe(on_lost))
    client.session_timeout = SESSION_TIMEOUT_MS
    client.name = client.description = APPLICATION_NAME
    client.application_uri = application_uri(socket.gethostname())
    if access.settings.is_secured:
        await _secure(client, access)
    renewing: asyncio.Task[None] | None = None
    try:
        await _open(client, access, user)
        renewing = asyncio.create_task(_renew(client, on_lost), name=f"opcua[{access.connection_id}].renew")
        yield client
    except (Lost, Unreachable):
        await _abort(client)
        raise
    finally:
        if renewing is not None:
            renewing.cancel()
        await client.disconnect()


async def _secure(client: Client, access: Access) -> None:
    """Give the client our certificate and the server's, once that is found acceptable."""
    own = load_own(access.pki, access.where, access.clock)
    endpoint = choose(access, await discover(access))
    server = access.check_server(endpoint.ServerCertificate, endpoint.Server.ApplicationUri)
    client.application_uri = own.application_uri
    policy, mode = policy_of(access.settings.security)
    with opening(access, Step.SECURE):
        await client.set_security(
            policy,
            CertProperties(identity.der_of(own.certificate)),
            CertProperties(own.key_pem, "pem"),
            server_certificate=CertProperties(identity.der_of(server)),
            mode=mode,
        )


async def _open(client: Client, access: Access, user: User | None) -> None:
    with opening(access, Step.REACH):
        await client.connect_socket()
        await client.send_hello()
    with opening(access, Step.SECURE):
        await client.open_secure_channel()
    session = await _begin(client, access)
    endpoint = _endpoint(access, session.ServerEndpoints)
    if access.is_verified:
        access.check_server(session.ServerCertificate, endpoint.Server.ApplicationUri)
    _check_user(access, user, endpoint)
    named = [_KINDS[kind] for kind in _kinds_offered(endpoint) if kind != ua.UserTokenType.Anonymous]
    with opening(access, Step.LOG_IN, named):
        if user is None:
            await client.activate_session()
        elif user.certificate is None:
            await client.activate_session(user.name, user.password)
        else:
            client.user_private_key = user.key
            await client.activate_session(certificate=user.certificate)


async def _begin(client: Client, access: Access) -> ua.CreateSessionResult:
    try:
        with opening(access, Step.BEGIN):
            return await client.create_session()
    except SessionRefused:
        # With security it was seen beforehand; without, only now that there may be no such endpoint.
        choose(access, await discover(access))
        raise


def _endpoint(access: Access, endpoints: list[ua.EndpointDescription]) -> ua.EndpointDescription:
    """Return our endpoint as the open session describes it; the library has seen that it is there."""
    return next(endpoint for endpoint in endpoints if name_of(endpoint) == access.settings.security)


def _check_user(access: Access, user: User | None, endpoint: ua.EndpointDescription) -> None:
    """Refuse to log in where the server would not take it, or a password would be read on its way."""
    policies = endpoint.UserIdentityTokens or []
    offered = listed_texts([_KINDS[kind] for kind in _kinds_offered(endpoint)])
    wanted = _kind(user)
    policy = next((policy for policy in policies if policy.TokenType == wanted), None)
    if policy is None:
        if user is not None:
            raise UserKindNotOffered(access.where, wanted=_KINDS[wanted], offered=offered)
        if policies:  # an empty list is read as "anybody"
            raise AnonymousRefused(access.where, offered=offered)
    elif wanted == ua.UserTokenType.UserName:
        protection = policy.SecurityPolicyUri or endpoint.SecurityPolicyUri or "#None"
        if protection.endswith("#None") and not access.settings.encrypts:
            raise PasswordExposed(access.where)


def _kinds_offered(endpoint: ua.EndpointDescription) -> list[ua.UserTokenType]:
    return [policy.TokenType for policy in endpoint.UserIdentityTokens or []]


def _kind(user: User | None) -> ua.UserTokenType:
    if user is None:
        return ua.UserTokenType.Anonymous
    return ua.UserTokenType.UserName if user.certificate is None else ua.UserTokenType.Certificate


async def _renew(client: Client, on_lost: Callable[[], None]) -> None:
    """Renew the channel's keys in time, as long as the session lasts."""
    try:
        while True:
            await asyncio.sleep(client.secure_channel_timeout / 1000 * RENEW_SHARE)
            await client.open_secure_channel(renew=True)
            client.uaclient.revolve_security_token()
    except (ua.UaError, OSError, TimeoutError):
        on_lost()


async def _abort(client: Client) -> None:
    """Cut the connection, so that closing it does not wait for a server that hangs."""
    protocol = client.uaclient.protocol
    if protocol is not None and protocol.transport is not None:
        protocol.transport.abort()
        await asyncio.sleep(0)  # asyncua hears of it in the loop's next turn
