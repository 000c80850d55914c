"""Ministry-style HTTPS: appid and SM4 ciphertext in the body, appsecret in a header.

The envelope is known (POST, `{"appid", "data"}`, upper-case hexadecimal of
SM4-CBC, header `appsecret`); the business answer is not, so ours is the sample
one: `{"code": 0 | 200, "msg": …, "rejected": [ids]}`. HTTP 200 alone proves
nothing: a proxy says it too.
"""

import ssl
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from agent.uplinks import messages
from agent.uplinks.sm4 import Sm4Cbc
from agent.uplinks.uplink import (
    Delivered,
    Parcel,
    Partly,
    Rejected,
    RetryAfter,
    TooLarge,
    Unauthorised,
    Unknown,
    Verdict,
)

ACCEPTED: Final = (0, 200)
DATA_AT_FAULT: Final = (range(400, 500), range(40000, 50000))
"""Business codes of the sample answer that find fault with the data; our own choice, as the answer is."""
RETRY_AFTER_DEFAULT_S: Final = 5.0
RETRY_AFTER_MAX_S: Final = 300.0
ANSWER_SHOWN: Final = 40  # characters of an answer that is quoted to people


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the department issued, resolved."""

    appid: str
    appsecret: str
    cipher: Sm4Cbc


class MinistryHttp:
    """One long-lived client; one message at a time per stream keeps the order."""

    window = 1

    def __init__(
        self, url: str, credentials: Credentials, *, tls: ssl.SSLContext | bool, timeout_s: float
    ) -> None:
        self._url = url
        self._host = httpx.URL(url).host
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            verify=tls,
            timeout=timeout_s,
            headers={"appsecret": credentials.appsecret, "content-type": "application/json"},
            limits=httpx.Limits(max_connections=6, max_keepalive_connections=6),
            trust_env=False,  # a proxy variable of the shell must not reroute a plant's alarms
        )

    async def send(self, parcel: Parcel) -> Verdict:
        """POST one message."""
        data = self._credentials.cipher.encrypt(parcel.body)
        body = orjson.dumps({"appid": self._credentials.appid, "data": data})
        try:
            answer = await self._client.post(self._url, content=body)
        except httpx.TransportError as fault:
            return judge_fault(fault, self._host, self._timeout_s)
        return judge(answer.status_code, answer.headers.get("retry-after"), answer.content, self._host)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def judge(status: int, retry_after: str | None, body: bytes, host: str) -> Verdict:
    """Return the verdict on an HTTP answer."""
    match status:
        case 200:
            return _judge_business(body, host)
        case 400 | 422:
            return Rejected(
                messages.business_no(host, f"HTTP {status}", httpx.codes.get_reason_phrase(status))
            )
        case 401 | 403:
            return Unauthorised(messages.unauthorised(host, f"HTTP {status}"))
        case 413:
            return TooLarge(messages.too_large(host))
        case 429:
            return RetryAfter(_seconds(retry_after), messages.status(host, status))
        case 503 if retry_after is not None:
            return RetryAfter(_seconds(retry_after), messages.status(host, status))
        case _:
            return Unknown(messages.status(host, status))


def judge_fault(fault: httpx.TransportError, host: str, timeout_s: float) -> Verdict:
    """Return the verdict on a request that got no answer: the outcome is unknown, the words differ."""
    detail = str(fault) or type(fault).__name__
    if isinstance(fault, httpx.ConnectTimeout):
        return Unknown(messages.unreachable(host, f"{timeout_s:g} s"))
    if isinstance(fault, httpx.ConnectError):
        if "CERTIFICATE" in detail.upper() or "SSL" in detail.upper():
            return Unknown(messages.tls(host, detail))
        if "refused" in detail.lower() or "All connection attempts failed" in detail:
            return Unknown(messages.refused(host))
        return Unknown(messages.unreachable(host, detail))
    if isinstance(fault, httpx.TimeoutException):
        return Unknown(messages.no_answer(host, timeout_s))
    return Unknown(messages.broken(host, detail))


def _judge_business(body: bytes, host: str) -> Verdict:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    code = _code(answer.get("code")) if isinstance(answer, dict) else None
    if code is None or not isinstance(answer.get("rejected") or [], list):
        return Unknown(messages.nonsense(host, body[:ANSWER_SHOWN].decode("utf-8", "replace")))
    return _judge_code(code, answer, host)


def _judge_code(code: int, answer: dict[str, Any], host: str) -> Verdict:
    text = messages.business_no(host, code, str(answer.get("msg", "")))
    if code in ACCEPTED:
        rejected = answer.get("rejected")
        return Partly(tuple(str(item) for item in rejected)) if rejected else Delivered()
    if code in (401, 403):
        return Unauthorised(text)
    if code == 413:
        return TooLarge(text)
    if code == 429:
        return RetryAfter(RETRY_AFTER_DEFAULT_S, text)
    # "Busy" and whatever nobody told us about may pass: only a fault of the data never does.
    return Rejected(text) if any(code in codes for codes in DATA_AT_FAULT) else Unknown(text)


def _code(written: object) -> int | None:
    """Read a business code; some platforms write it as text. A truth value is none."""
    if isinstance(written, str) and written.isdecimal():
        return int(written)
    return written if isinstance(written, int) and not isinstance(written, bool) else None


def _seconds(retry_after: str | None) -> float:
    """Read Retry-After; a date, or nonsense, counts as the default."""
    if retry_after is None or not retry_after.strip().isdigit():
        return RETRY_AFTER_DEFAULT_S
    return min(float(retry_after), RETRY_AFTER_MAX_S)
