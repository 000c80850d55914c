"""Security over OPC UA, against a real server: what is let through, and every refusal in its words."""

from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.server.internal_session import InternalSession
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import uatcp_to_binary
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from config.opcua_link import OpcUa
from drivers.opcua import identity
from drivers.opcua.access import Access
from drivers.opcua.certificate import certificate_path
from drivers.opcua.trust import TrustStore
from tests.drivers.opcua_gateway import OPERATOR, SetClock, gateway, refused, trust, write_own
from tests.drivers.opcua_pki import DAY, NOW, certificate, elliptic
from tests.drivers.opcua_secured import POLICIES, SecuredServer, mark
from tests.drivers.plant import good

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHA1 = Path(__file__).parent.parent / "fixtures" / "certificates" / "signed-with-sha1.pem"


@pytest.mark.parametrize(
    "security",
    [
        f"{policy}/{mode}"
        for policy in ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
        for mode in ("Sign", "SignAndEncrypt")
    ],
)
async def test_every_policy_and_mode_brings_values(server: SecuredServer, pki: Path, security: str) -> None:
    trust(pki, await server.become())
    async with gateway(server, pki, security) as seen:
        assert (await seen.scan(good)).values == (1.5,)
    assert seen.link_history == ["up"]
    assert not server.server.iserver._external_sessions


async def test_without_a_certificate_of_our_own_the_words_say_how_to_make_one(
    server: SecuredServer, tmp_path: Path
) -> None:
    words = await refused(gateway(server, tmp_path), "own-certificate-missing")
    assert "edge-agent opcua certificate" in words
    assert str(tmp_path / "own" / "certificate.der") in words


async def test_nothing_is_made_or_trusted_silently(server: SecuredServer, pki: Path) -> None:
    before = sorted(pki.rglob("*"))
    await refused(gateway(server, pki), "certificate-untrusted")
    assert sorted(pki.rglob("*")) == before


async def test_an_untrusted_server_gets_no_name_and_no_password(server: SecuredServer, pki: Path) -> None:
    shown = await server.become()
    words = await refused(gateway(server, pki, user=OPERATOR), "certificate-untrusted")
    assert mark(shown) in words
    assert "edge-agent opcua trust PLANT line" in words
    assert server.users.seen == []


async def test_trust_holds_at_once_and_without_a_restart(server: SecuredServer, pki: Path) -> None:
    shown = await server.become()
    async with gateway(server, pki) as seen:
        await seen.status("certificate-untrusted")
        trust(pki, shown)
        await seen.scan(good)
    assert seen.link_history == ["certificate-untrusted", "up"]


async def test_trust_is_for_one_connection(server: SecuredServer, pki: Path) -> None:
    TrustStore(pki).add("another", await server.become())
    await refused(gateway(server, pki), "certificate-untrusted")


async def test_a_certificate_that_the_plant_file_names_is_trusted(server: SecuredServer, pki: Path) -> None:
    shown = await server.become()
    file = pki / "plc.pem"
    file.write_bytes(shown.public_bytes(serialization.Encoding.PEM))
    async with gateway(server, pki, trusted=str(file)) as seen:
        await seen.scan(good)


async def test_a_trusted_file_that_holds_no_certificate_is_told(server: SecuredServer, pki: Path) -> None:
    file = pki / "plc.der"
    for content in (b"no certificate", None):
        file.write_bytes(content) if content else file.unlink()
        words = await refused(gateway(server, pki, trusted=str(file)), "trusted-file-unusable")
        assert str(file) in words


async def test_the_channels_keys_are_renewed_and_values_go_on(
    server: SecuredServer, pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.session.RENEW_SHARE", 0.1 / 3600)  # every 0.1 s
    renewed: list[object] = []
    open_channel = UaProcessor.open_secure_channel

    def noting(self: UaProcessor, *opening: Any) -> None:
        renewed.append(self)
        open_channel(self, *opening)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(UaProcessor, "open_secure_channel", noting)
    trust(pki, await server.become())
    async with gateway(server, pki, mode="poll") as seen:
        await seen.scan(good)
        await seen.until(lambda: renewed.count(renewed[-1]) > 4)
        await server.set(tilt=2.5)
        await seen.until(lambda: seen.scans[-1].values == (2.5,))
    await server.set(tilt=1.5)
    assert seen.link_history == ["up"]


async def test_an_endpoint_without_a_port_means_4840(pki: Path) -> None:
    for endpoint_, url in {
        "opc.tcp://plc": "opc.tcp://plc:4840",
        "opc.tcp://[fd00::1]/x": "opc.tcp://[fd00::1]:4840/x",
        "opc.tcp://plc:4841/x": "opc.tcp://plc:4841/x",
    }.items():
        assert Access("line", OpcUa(endpoint=endpoint_), pki, {}, SetClock()).url == url


async def test_another_certificate_than_the_trusted_one_is_told_with_both_fingerprints(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, old := certificate())
    new = await server.become(certificate("server"))
    words = await refused(gateway(server, pki), "certificate-changed")
    assert mark(old) in words
    assert mark(new) in words


async def test_a_third_certificate_is_another_refusal(server: SecuredServer, pki: Path) -> None:
    await server.become()
    async with gateway(server, pki) as seen:
        await seen.status("certificate-untrusted")
        await server.become(certificate("server"))
        await seen.until(lambda: len(seen.statuses) == 2)
    assert seen.link_history == ["certificate-untrusted"] * 2


@pytest.mark.parametrize(
    ("changes", "synchronised", "code", "says"),
    [
        ({"until": NOW - DAY / 2}, True, "certificate-expired", "renewed at the server"),
        ({"since": NOW + DAY}, True, "certificate-not-yet-valid", "our clock is synchronised"),
        ({"until": NOW - DAY / 2}, False, "clock-in-doubt", "Set our clock first"),
        ({"since": NOW + DAY}, False, "clock-in-doubt", "Set our clock first"),
        ({"hosts": ["plc-2", "10.0.0.2"]}, True, "certificate-wrong-host", "plc-2, 10.0.0.2"),
        ({"hosts": []}, True, "certificate-wrong-host", "for: –"),
        ({"uri": "urn:other"}, True, "certificate-wrong-uri", "urn:other"),
        ({"uri": None}, True, "certificate-wrong-uri", "says –"),
    ],
)
async def test_a_trusted_certificate_must_also_be_right(
    server: SecuredServer, pki: Path, changes: dict[str, Any], synchronised: bool, code: str, says: str
) -> None:
    trust(pki, shown := await server.become(certificate(**changes)))
    words = await refused(gateway(server, pki, clock=SetClock(synchronised=synchronised)), code)
    assert says in words
    assert mark(shown) in words


async def test_a_short_key_is_refused(server: SecuredServer, pki: Path) -> None:
    trust(pki, await server.become(certificate("short"), key="short"))
    assert "RSA 1024" in await refused(gateway(server, pki), "certificate-weak")


async def test_other_keys_and_withdrawn_signatures_are_weak_too() -> None:
    assert identity.weakness(certificate(key=elliptic()), 2048) == "EC"
    assert identity.weakness(identity.load(SHA1.read_bytes()), 2048) == "SHA1"


async def test_behind_address_translation_the_certificates_host_can_be_named(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become(certificate(hosts=["PLC-2.plant.example"])))
    async with gateway(server, pki, certificate_host="plc-2.plant.example") as seen:
        await seen.scan(good)


async def test_a_policy_that_is_not_offered_is_told_with_those_that_are(
    server: SecuredServer, pki: Path
) -> None:
    trust(pki, await server.become(policies=[POLICIES.NoSecurity, POLICIES.Basic256Sha256_Sign]))
    words = await refused(gateway(server, pki), "policy-not-offered")
    assert "but: None, Basic256Sha256/Sign." in words


async def test_a_server_that_offers_nothing_without_security_is_told_with_what_it_offers(
    server: SecuredServer, pki: Path
) -> None:
    await server.become(policies=[POLICIES.Basic256Sha256_Sign, POLICIES.Aes256Sha256RsaPss_SignAndEncrypt])
    words = await refused(gateway(server, pki, "None"), "policy-not-offered")
    assert "does not offer None, but: Basic256Sha256/Sign, Aes256Sha256RsaPss/SignAndEncrypt." in words


@pytest.mark.parametrize(
    "status",
    [
        ua.StatusCodes.BadSecurityChecksFailed,
        ua.StatusCodes.BadCertificateUntrusted,
        ua.StatusCodes.BadCertificateUriInvalid,
    ],
)
async def test_a_server_that_refuses_our_certificate_shows_which_to_hand_over(
    server: SecuredServer, pki: Path, status: int
) -> None:
    trust(pki, await server.become())
    server.refuse_certificates(status)
    words = await refused(gateway(server, pki), "own-certificate-refused")
    own = identity.load(certificate_path(pki).read_bytes())
    assert str(certificate_path(pki)) in words
    assert mark(own) in words
    assert "urn:gateway:edge" in words


@pytest.mark.parametrize("says_why", [True, False])
async def test_a_server_may_refuse_our_certificate_when_the_channel_is_opened(
    server: SecuredServer, pki: Path, monkeypatch: pytest.MonkeyPatch, says_why: bool
) -> None:
    """Most PLCs do it so: an ERR message, then the connection is closed; some only close it."""
    trust(pki, await server.become())
    open_channel = UaProcessor.open_secure_channel

    def refuse(self: UaProcessor, header: Any, sequence: Any, body: Any) -> None:
        if not header.SecurityPolicyURI.endswith("Basic256Sha256"):
            open_channel(self, header, sequence, body)  # type: ignore[no-untyped-call]
            return
        if says_why:
            status = ua.StatusCode(ua.UInt32(ua.StatusCodes.BadSecurityChecksFailed))
            message = ua.ErrorMessage(status, ua.String("no"))
            self._transport.write(uatcp_to_binary(ua.MessageType.Error, message))  # type: ignore[arg-type]
        self._transport.close()

    monkeypatch.setattr(UaProcessor, "open_secure_channel", refuse)
    words = await refused(gateway(server, pki), "own-certificate-refused")
    assert ("BadSecurityChecksFailed" if says_why else "BadConnectionClosed") in words


async def test_a_server_that_cannot_prove_its_certificate_is_not_believed(
    server: SecuredServer, pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(pki, await server.become())
    respond = UaProcessor.send_response

    def spoil(self: UaProcessor, handle: Any, sequence: Any, response: Any, *rest: Any) -> None:
        if isinstance(response, ua.CreateSessionResponse):
            response.Parameters.ServerSignature.Signature = b"\x00" * 256
        respond(self, handle, sequence, response, *rest)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(UaProcessor, "send_response", spoil)
    assert "stand in between" in await refused(gateway(server, pki, user=OPERATOR), "server-unproven")
    assert server.users.seen == []


async def test_a_server_without_a_free_session_is_told(
    server: SecuredServer, pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(pki, await server.become())
    monkeypatch.setattr(InternalSession, "max_connections", 0)
    await refused(gateway(server, pki), "too-many-sessions")
    server.refuse_certificates(ua.StatusCodes.BadTooManySessions)
    await refused(gateway(server, pki), "too-many-sessions")


@pytest.mark.parametrize(
    ("own", "key", "says"),
    [
        (certificate("own", uri="urn:gateway:edge", until=NOW - DAY / 2), "own", "expired"),
        (certificate("own", uri="urn:gateway:edge"), "server", "another certificate's"),
        (certificate("own", uri=None), "own", "no application URI"),
    ],
    ids=["expired", "other-key", "no-uri"],
)
async def test_a_certificate_of_our_own_that_cannot_be_used_is_told_before_anybody_is_asked(
    server: SecuredServer, pki: Path, own: x509.Certificate, key: str, says: str
) -> None:
    write_own(pki, own, key)
    words = await refused(gateway(server, pki), "own-certificate-unusable")
    assert says in words
    assert "--force" in words


async def test_certificates_that_will_run_out_are_told_in_time(server: SecuredServer, pki: Path) -> None:
    write_own(pki, certificate("own", uri="urn:gateway:edge", until=NOW + 29 * DAY))
    trust(pki, await server.become(certificate(until=NOW + 20 * DAY)))
    async with gateway(server, pki) as seen:
        await seen.scan(good)
        await seen.until(lambda: len(seen.notes) == 2)
    assert [note.code for note in seen.notes] == ["own-certificate-expires", "server-certificate-expires"]
