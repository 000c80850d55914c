"""The ministry's envelope, opened: header appsecret, body {appid, data}, data in SM4.

`data` is the ciphertext in hexadecimal digits or Base64, as the plant was told;
SM4 in CBC or ECB with PKCS7 padding, key and IV (128 bits each) issued by the
department. Neither mode has integrity of its own: a wrong key shows as broken
padding or as text that is no JSON, and either is refused with a clear answer.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BITS: Final = 128
_BLOCK_BYTES: Final = 16
_WRITTEN: Final = {
    "HEX": re.compile(r"[0-9A-F]+"),
    "hex": re.compile(r"[0-9a-f]+"),
    "base64": re.compile(r"[0-9A-Za-z+/]+={0,2}"),
}


class Refusal(Exception):
    """A message that the platform does not take: an HTTP status and a sentence why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class Unauthorised(Refusal):
    """Wrong appid or appsecret."""

    def __init__(self, what: str) -> None:
        super().__init__(401, f"{what} is not the one that was issued")


class Undecodable(Refusal):
    """An envelope or a text that cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, reason)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the department issues to a gateway; key and IV as 32 hexadecimal digits each.

    `mode` and `encoding` are what it tells the gateway's people to configure.
    """

    appid: str
    appsecret: str
    key: str
    iv: str
    mode: str = "CBC"
    encoding: str = "HEX"

    @classmethod
    def issue(cls, mode: str = "CBC", encoding: str = "HEX") -> "Credentials":
        """Make a fresh set."""
        key, iv = secrets.token_hex(16), secrets.token_hex(16)
        return cls("demo-" + secrets.token_hex(4), secrets.token_hex(16), key, iv, mode, encoding)


def open_envelope(body: bytes, appsecret: str | None, issued: Credentials) -> Mapping[str, object]:
    """Return the JSON object inside an envelope.

    Raises Unauthorised for a wrong appsecret or appid, Undecodable for the rest.
    """
    if appsecret is None or not secrets.compare_digest(appsecret.encode(), issued.appsecret.encode()):
        raise Unauthorised("header appsecret")
    envelope = _json_object(body, "body")
    if envelope.get("appid") != issued.appid:
        raise Unauthorised("appid")
    data = envelope.get("data")
    if not isinstance(data, str):
        raise Undecodable("data is missing")
    return _json_object(decrypt(data, issued), "decrypted data")


def decrypt(data: str, issued: Credentials) -> bytes:
    """Return the plain text of SM4 ciphertext, written and encrypted as issued; raises Undecodable."""
    # Pairs are counted, not matched: a pattern of pairs takes ten times as long over a megabyte.
    is_halved = issued.encoding != "base64" and len(data) % 2
    if is_halved or not _WRITTEN[issued.encoding].fullmatch(data):
        raise Undecodable(f"data is not {issued.encoding}")
    sealed = base64.b64decode(data) if issued.encoding == "base64" else bytes.fromhex(data)
    if len(sealed) % _BLOCK_BYTES:
        raise Undecodable("data is not in whole blocks of 16 bytes")
    mode = modes.CBC(bytes.fromhex(issued.iv)) if issued.mode == "CBC" else modes.ECB()  # noqa: S305
    cipher = Cipher(algorithms.SM4(bytes.fromhex(issued.key)), mode)
    decryptor, unpadder = cipher.decryptor(), padding.PKCS7(_BLOCK_BITS).unpadder()
    padded = decryptor.update(sealed) + decryptor.finalize()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as fault:
        raise Undecodable("data does not decrypt: wrong key, IV, mode or padding") from fault


def _json_object(text: bytes, what: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError as fault:  # JSONDecodeError and UnicodeDecodeError alike
        raise Undecodable(f"{what} is not JSON") from fault
    if not isinstance(value, dict):
        raise Undecodable(f"{what} is not a JSON object")
    return value
