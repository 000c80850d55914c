"""Who the gateway is to an OPC UA server: and each refusal in its words."""

from pathlib import Path

import pytest
from asyncua import ua

from drivers.messages import describe
from drivers.opcua import identity
from drivers.opcua.driver import DENIED_FIRST_S
from tests.drivers.opcua_gateway import ENCRYPTED, OPERATOR, SIGNED, SetClock, gateway, refused, trust
from tests.drivers.opcua_pki import certificate, pem_of, rsa_key
from tests.drivers.opcua_secured import POLICIES, SecuredServer
from tests.drivers.plant import good
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("security", [ENCRYPTED, SIGNED, "None"])
async def test_a_user_with_the_right_password_is_let_in(
    server: SecuredServer, pki: Path, security: str
) -> None:
    trust(pki, await server.become())
    server.users.passwords["operator"] = "geheim"
    async with gateway(server, pki, security, user=OPERATOR) as seen:
        await seen.scan(good)
    assert server.users.seen == [("operator", "geheim")]


@pytest.mark.parametrize("security", [ENCRYPTED, "None"])
async def test_a_wrong_password_is_told_and_leaves_no_session_behind(
    server: SecuredServer, pki: Path, security: str
) -> None:
    trust(pki, await server.become())
    server.users.passwords["operator"] = "other"
    async with gateway(server, pki, security, user=OPERATOR) as seen:
        status = await seen.status("user-refused")
    assert status.fault is not None
    words = describe(status.fault).en
    assert "'operator'" in words
    assert "geheim" not in words
    assert not server.server.iserver._external_sessions


class Waits(SetClock):
    """Notes how long it was asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    async def sleep_until(self, mono_ns: int) -> None:
        self.waits_s.append((mono_ns - self.monotonic_ns()) / 1e9)
        await super().sleep_until(mono_ns)


async def test_a_wrong_password_is_not_tried_until_the_account_is_locked(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become())
    server.users.passwords["operator"] = "other"
    clock = Waits()
    async with gateway(server, pki, ENCRYPTED, user=OPERATOR, clock=clock) as seen:
        await seen.status("user-refused")
        await until(lambda: any(wait_s >= DENIED_FIRST_S / 2 for wait_s in clock.waits_s))
    assert len(server.users.seen) == 1


async def test_before_a_password_even_a_plain_connection_asks_for_trust(
    server: SecuredServer, pki: Path
) -> None:
    await server.become()
    await refused(gateway(server, pki, "None", user=OPERATOR), "certificate-untrusted")
    assert server.users.seen == []


async def test_a_password_never_leaves_unencrypted(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become(policies=[POLICIES.NoSecurity]))
    await refused(gateway(server, pki, "None", user=OPERATOR), "password-exposed")
    assert server.users.seen == []


async def test_a_password_that_is_not_on_this_machine_is_named(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become())
    user = {"name": "operator", "password": "${credential:plc-password}"}
    words = await refused(gateway(server, pki, user=user), "user-unusable")
    assert "plc-password" in words
    assert "LoadCredential=" in words


def certified(pki: Path, name: str = "op") -> dict[str, str]:
    """Write a user's certificate; return the user."""
    (pki / "op.der").write_bytes(identity.der_of(certificate(name, uri=None, hosts=[])))
    return {"certificate": str(pki / "op.der"), "key": pem_of(rsa_key("op")).decode()}


async def test_a_user_may_come_with_a_certificate(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become())
    user = certified(pki)
    server.users.anonymous = False
    server.users.certificates.append((pki / "op.der").read_bytes())
    async with gateway(server, pki, user=user) as seen:
        await seen.scan(good)


async def test_a_users_certificate_that_the_server_does_not_know_is_told(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become())
    server.users.anonymous = False
    words = await refused(gateway(server, pki, user=certified(pki)), "user-refused")
    assert "op.der" in words


async def test_a_users_key_that_is_not_its_certificates_is_told(server: SecuredServer, pki: Path) -> None:
    words = await refused(gateway(server, pki, user=certified(pki, "own")), "user-unusable")
    assert "op.der" in words


async def test_nobody_is_let_in_without_a_user_where_the_server_wants_one(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become(tokens=[ua.UserNameIdentityToken]))
    words = await refused(gateway(server, pki), "anonymous-refused")
    assert "takes: name and password" in words


async def test_a_server_may_offer_anonymous_and_refuse_it(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become())
    server.users.anonymous = False
    async with gateway(server, pki) as seen:
        status = await seen.status("anonymous-refused")
    assert status.fault is not None
    words = describe(status.fault)
    assert "（BadUserAccessDenied），它接受：用户证书、用户名和密码。请写上 user。" in words.zh
    assert "(BadUserAccessDenied); it takes: certificate, name and password. Write user." in words.en


async def test_a_server_that_offers_nothing_but_anonymous_and_refuses_it_is_not_said_to_offer_more(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become(tokens=[ua.AnonymousIdentityToken]))
    server.users.anonymous = False
    words = await refused(gateway(server, pki), "anonymous-denied")
    assert "it takes" not in words
    assert "?" not in words


async def test_a_variable_that_is_not_set_is_not_sought_among_systemds_credentials(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become())
    user = {"name": "operator", "password": "${env:PLC_PASSWORD}"}
    words = await refused(gateway(server, pki, user=user), "user-variable-missing")
    assert "The environment variable PLC_PASSWORD" in words
    assert "LoadCredential" not in words


async def test_a_kind_of_user_that_the_server_does_not_take_is_told(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become(tokens=[ua.AnonymousIdentityToken]))
    words = await refused(gateway(server, pki, user=OPERATOR), "user-kind-not-offered")
    assert "by name and password, but: anonymous" in words
