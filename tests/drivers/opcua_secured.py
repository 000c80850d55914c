"""An OPC UA server with security, whose certificate, policies and users a test may change while it runs.

To start a server takes a second, to change it nothing.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from cryptography import x509

from drivers.opcua import identity
from tests.drivers.opcua_pki import SERVER_URI, certificate, rsa_key
from tests.drivers.opcua_server import SmallServer, endpoint

POLICIES = ua.SecurityPolicyType
ALL = (
    POLICIES.NoSecurity,
    POLICIES.Basic256Sha256_Sign,
    POLICIES.Basic256Sha256_SignAndEncrypt,
    POLICIES.Aes128Sha256RsaOaep_Sign,
    POLICIES.Aes128Sha256RsaOaep_SignAndEncrypt,
    POLICIES.Aes256Sha256RsaPss_Sign,
    POLICIES.Aes256Sha256RsaPss_SignAndEncrypt,
)
ANYBODY = (ua.AnonymousIdentityToken, ua.UserNameIdentityToken, ua.X509IdentityToken)


@dataclass
class Users(UserManager):
    """Lets in who is on its list; what it was shown can be looked at."""

    passwords: dict[str, str] = field(default_factory=dict)
    certificates: list[bytes] = field(default_factory=list)
    anonymous: bool = True
    seen: list[tuple[str | None, str | None]] = field(default_factory=list)

    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        self.seen.append((username, password))
        if username is not None:
            known = password is not None and self.passwords.get(username) == password
        else:
            known = self.anonymous or certificate in self.certificates
        return User(role=UserRole.User) if known else None


class SecuredServer(SmallServer):
    """A server with security."""

    users: Users

    async def become(
        self,
        shown: x509.Certificate | None = None,
        *,
        key: str = "server",
        policies: Sequence[ua.SecurityPolicyType] = ALL,
        tokens: Sequence[type] = ANYBODY,
    ) -> x509.Certificate:
        """Show this certificate and offer these policies and kinds of users from now on."""
        server, shown = self.server, shown or certificate()
        server.iserver.certificate, server.iserver.private_key = shown, rsa_key(key)
        server.iserver.certificate_validator = None
        server.iserver.endpoints.clear()
        server._policies.clear()
        server.set_security_policy(list(policies))
        server.set_identity_tokens(list(tokens))
        await server._setup_server_nodes()
        if server.bserver is not None:
            server.bserver.set_policies(server._policies)
        self.users.__init__()  # type: ignore[misc]
        return shown

    def refuse_certificates(self, code: int) -> None:
        """Refuse whatever certificate a client shows."""

        async def refuse(_certificate: x509.Certificate, _application: ua.ApplicationDescription) -> None:
            raise ServiceError(code)

        self.server.set_certificate_validator(refuse)


@asynccontextmanager
async def secured_server(port: int, **values: float) -> AsyncIterator[SecuredServer]:
    """Serve `values`, with every policy and without users, until the end."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    users = Users()
    server = Server(user_manager=users)
    await server.init()
    server.set_endpoint(endpoint(port))
    await server.set_application_uri(SERVER_URI)
    await server.register_namespace("urn:small")
    secured = SecuredServer(server, port)
    secured.users = users
    await secured.set(**values)
    await secured.become()
    server._policies.clear()  # starting makes them again
    server.iserver.endpoints.clear()
    async with server:
        yield secured


def mark(shown: x509.Certificate) -> str:
    """Return a certificate's fingerprint."""
    return identity.fingerprint(shown)
