"""The device's key: where it comes from, who may read it, and what happens without one."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.device_key import KeyUnusable, device_key
from agent.records import Packer
from tests.system.platform import Platform
from tests.system.site import site


def pem(key: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined, no-any-return]


def test_it_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    made = device_key(tmp_path, {})
    path = tmp_path / "device-key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert device_key(tmp_path, {}).fingerprint == made.fingerprint
    assert [each.name for each in tmp_path.iterdir()] == ["device-key.pem"]


def test_the_credential_comes_first_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "device-key").write_bytes(pem(Ed25519PrivateKey.generate()))
    key = device_key(tmp_path / "state", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert key.source == "credential"
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "content", [b"", b"garbage", pem(generate_private_key(65537, 2048))], ids=["empty", "garbage", "rsa"]
)
def test_what_is_no_ed25519_key_is_told_and_left_alone(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "device-key.pem"
    path.write_bytes(content)
    with pytest.raises(KeyUnusable) as unusable:
        device_key(tmp_path, {})
    assert "openssl genpkey" in unusable.value.text.en
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable) as unusable:
        device_key(tmp_path / "nowhere", {})
    assert "device-key" in unusable.value.text.zh


async def test_an_agent_signs_at_its_stop_and_tells_once_which_key_it_uses(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        for _ in range(2):
            before = len(platform.values())
            await plant.start()
            await platform.until(lambda before=before: len(platform.values()) >= before + 3)  # type: ignore[misc]
            assert await plant.stop() == 0
        told = [e.content for e in plant.store().events if e.content["kind"] == "device-key"]
    key = device_key(tmp_path / "state", {})
    assert [each["fingerprint"] for each in told] == [key.fingerprint]
    assert told[0]["source"] == "state-folder"
    assert bytes.fromhex(told[0]["public_key"]) == key.public_key


def test_the_event_can_be_stored(tmp_path: Path) -> None:
    event = device_key(tmp_path, {}).event()
    assert Packer().unpack(Packer().pack(event)) == event
