"""`edge-agent audit verify --key | --fingerprint`: only what that device's key vouches for is believed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agent.cli.main import main
from agent.device_key import device_key
from buffering.heads import fingerprint
from config.model import LimitKind
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.recorded import KEY, recording
from tests.buffering.test_heads import Key

CO = point()
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]))
DEVICE = fingerprint(KEY.public_key)
OTHER = Key(2)
STRANGER = "ab" * 32
HOUR = 3600


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """Six hours of readings with an alarm; the heads signed each hour."""
    await record(tmp_path, HandClock(), KEY)
    return tmp_path


async def record(folder: Path, clock: HandClock, key: Key | None) -> None:
    async with recording(folder, PLANT, clock, signer=key) as desk:
        for value in (1, 2, 30, 4, 5, 6):
            await desk.read(CO.id, value)
            await desk.sign()
            clock.move(HOUR)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["audit", "verify", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def breaks(capsys: pytest.CaptureFixture[str], folder: Path, *keys: str) -> list[dict[str, Any]]:
    asked = [word for key in keys for word in ("--fingerprint", key)]
    _, out, _ = run(capsys, "--state", folder, "--json", *asked)
    found: list[dict[str, Any]] = json.loads(out)["breaks"]
    return found


def pem(key: Key) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(key.public_key)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


async def test_a_store_that_the_device_signed_holds_however_its_key_is_named(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (store / "public.pem").write_bytes(pem(KEY))
    in_pairs = ":".join(DEVICE[at : at + 2] for at in range(0, 64, 2)).upper()
    for asked in (("--fingerprint", DEVICE), ("--fingerprint", in_pairs), ("--key", store / "public.pem")):
        code, out, err = run(capsys, "--state", store, *asked)
        assert (code, err) == (0, ""), asked
        assert f"指定的密钥 / key asked for: {DEVICE}" in out
        assert "已签名至 / signed up to 6, " in out


async def test_the_devices_own_key_file_names_it_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = device_key(tmp_path, {}).fingerprint
    await record(tmp_path, HandClock(), KEY)
    code, out, _ = run(capsys, "--state", tmp_path, "--key", tmp_path / "device-key.pem")
    assert code == 1, "it is the folder's key, and did not sign"
    assert f"nothing here is signed by the key {name}; on record: {DEVICE}" in out


async def test_a_store_of_anothers_making_holds_by_itself_and_not_for_who_knows_the_key(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--state", store)[0] == 0
    code, out, err = run(capsys, "--state", store, "--fingerprint", STRANGER)
    assert (code, err) == (1, "")
    assert f"没有一个签名出自指定的密钥 {STRANGER}" in out
    assert "signed with another key than the one that was asked for" in out
    assert "结论 / result: 不符" in out
    told = {
        (each["lane"], each["what"], each["first"], each["last"]) for each in breaks(capsys, store, STRANGER)
    }
    assert ("reading", "other-key", 1, 6) in told, "a head for every hour is one place"
    assert ("reading", "unsigned", 1, 6) in told


async def test_a_newest_part_whose_heads_were_taken_away_is_told_with_its_times(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who rewrites the last hours takes their heads away; the older ones are the device's still."""
    with closing(sqlite3.connect(store / "outbox.db", isolation_level=None)) as db:
        db.execute("DELETE FROM signature WHERE lane = 'reading' AND seq > 3")
    assert breaks(capsys, store) == []
    [found] = breaks(capsys, store, DEVICE)
    assert (found["what"], found["lane"], found["first"], found["last"]) == ("unsigned", "reading", 4, 6)
    assert found["to_ns"] - found["from_ns"] == 2 * HOUR * 10**9


async def test_the_last_minutes_before_a_kill_need_no_signature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        await desk.sign()
        clock.move(59)
        await desk.read(CO.id, 2)
        assert breaks(capsys, tmp_path, DEVICE) == []


async def test_after_a_change_of_keys_both_are_asked_for(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HandClock()
    clock.move(10 * HOUR)
    await record(store, clock, OTHER)
    assert breaks(capsys, store, DEVICE, fingerprint(OTHER.public_key)) == []
    told = {
        (each["lane"], each["what"], each["first"], each["last"]) for each in breaks(capsys, store, DEVICE)
    }
    assert {("reading", "other-key", 7, 12), ("reading", "unsigned", 7, 12)} <= told


async def test_an_agent_without_a_key_leaves_a_store_that_vouches_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await record(tmp_path, HandClock(), None)
    assert breaks(capsys, tmp_path) == []
    assert {each["what"] for each in breaks(capsys, tmp_path, DEVICE)} == {"unsigned"}


@pytest.mark.parametrize("text", ["abc", "g" * 64, DEVICE[:-1]], ids=["short", "no digits", "one less"])
def test_what_is_no_fingerprint_is_refused_with_the_mend(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "--state", tmp_path, "--fingerprint", text)
    assert (code, out) == (2, "")
    assert "64 hexadecimal digits, as audit verify prints them" in err


def test_a_file_without_such_a_key_is_refused_with_the_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    curve = generate_private_key(SECP256R1()).public_key()
    (tmp_path / "curve.pem").write_bytes(curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "notes.txt").write_text("the key is in the safe")
    for name in ("curve.pem", "notes.txt", "missing.pem"):
        code, _, err = run(capsys, "--state", tmp_path, "--key", tmp_path / name)
        assert code == 2
        assert f"{name} holds no Ed25519 key" in err
