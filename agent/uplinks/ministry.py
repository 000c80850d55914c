"""Ministry-style HTTPS: appid and SM4 ciphertext in the body, appsecret in a header.

The envelope is known (POST, `{"appid", "data"}`, upper-case hexadecimal of
SM4-CBC, header `appsecret`); the business answer is not, so ours is the sample
one: `{"code": 0 | 200, "msg": …, "rejected": [ids]}`. HTTP 200 alone proves
nothing: a proxy says it too.
"""

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import anyio
import httpcore
import orjson

from agent.uplinks import messages, words_connect
from agent.uplinks.connecting import chain, judge_connect_fault, tls_complaint
from agent.uplinks.http_dial import Dialling
from agent.uplinks.sm4 import Sm4
from agent.uplinks.source import Source
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
    Wire,
)
from drivers.clock import Clock

ACCEPTED: Final = (0, 200)
DATA_AT_FAULT: Final = (range(400, 500), range(40000, 50000))
"""Business codes of the sample answer that find fault with the data; our own choice, as the answer is."""
RETRY_AFTER_DEFAULT_S: Final = 5.0
RETRY_AFTER_MAX_S: Final = 300.0
RETRY_AFTER_MIN_S: Final = 1.0
CODE_DIGITS_MAX: Final = 9
MESSAGE_SHOWN: Final = 200  # characters of a platform's own words
ANSWER_SHOWN: Final = 40  # characters of an answer that is quoted to people
ANSWER_BYTES_MAX: Final = 1_000_000
CONNECTIONS_MAX: Final = 6  # four streams, a heartbeat, an alarm from memory


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the department issued, resolved."""

    appid: str
    appsecret: str
    cipher: Sm4


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """A proxy on the way; `auth` is user and password, resolved."""

    url: str
    auth: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How the platform is reached."""

    url: str
    tls: ssl.SSLContext
    timeout_s: float
    proxy: HttpProxy | None = None
    source: Source | None = None

    @property
    def host(self) -> str:
        """The platform's host."""
        return httpcore.URL(self.url).host.decode("ascii")


class MinistryHttp:
    """One pool of connections; one message at a time per stream keeps the order."""

    window = 1

    def __init__(self, way: Way, credentials: Credentials, clock: Clock) -> None:
        self._way = way
        self._credentials = credentials
        self._clock = clock
        self._pool = _pool(way)
        self._headers = [
            ("accept", "application/json"),
            ("appsecret", credentials.appsecret),
            ("content-type", "application/json"),
            ("user-agent", "edge-agent"),
        ]

    async def send(self, parcel: Parcel) -> Verdict:
        """POST one message."""
        way = self._way
        try:
            status, retry_after, answer = await self._post(self.body(parcel))
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as fault:
            return judge_fault(fault, way, self._clock)
        except httpcore.ProxyError as fault:
            assert way.proxy is not None
            return Unknown(words_connect.proxy_refused(way.proxy.url, str(fault)))
        proxy = None if way.proxy is None else way.proxy.url
        return judge(status, retry_after, answer, way.host, proxy=proxy)

    def body(self, parcel: Parcel) -> bytes:
        """Return the body that `send` posts."""
        data = self._credentials.cipher.encrypt(parcel.body)
        return orjson.dumps({"appid": self._credentials.appid, "data": data})

    def wires(self, parcel: Parcel) -> list[Wire]:
        """Return the one body that is posted."""
        return [Wire(f"POST {self._way.url}", self.body(parcel))]

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _post(self, body: bytes) -> tuple[int, str | None, bytes]:
        """Return status, Retry-After and body of the answer. Raises the core's exceptions."""
        times = dict.fromkeys(("connect", "read", "write", "pool"), self._way.timeout_s)
        answer = bytearray()
        async with self._pool.stream(
            "POST", self._way.url, headers=self._headers, content=body, extensions={"timeout": times}
        ) as response:
            async for chunk in response.aiter_stream():
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX:
                    break
        headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        return response.status, headers.get(b"retry-after"), bytes(answer)


def _pool(way: Way) -> httpcore.AsyncConnectionPool:
    # Nothing is read from the environment: a proxy variable of the shell must not reroute a plant's alarms.
    if way.proxy is None:
        return httpcore.AsyncConnectionPool(
            ssl_context=way.tls, max_connections=CONNECTIONS_MAX, network_backend=Dialling(way.source)
        )
    return httpcore.AsyncHTTPProxy(
        way.proxy.url,
        proxy_auth=way.proxy.auth,
        ssl_context=way.tls,
        max_connections=CONNECTIONS_MAX,
        network_backend=Dialling(way.source),
    )


def judge(
    status: int, retry_after: str | None, body: bytes, host: str, *, proxy: str | None = None
) -> Verdict:
    """Return the verdict on an HTTP answer; `proxy` is what stands between, if anything does."""
    match status:
        case 200:
            return _judge_business(body, host, proxy)
        case 400 | 422:
            return Rejected(messages.business_no(host, f"HTTP {status}", HTTPStatus(status).phrase))
        case 407:
            return Unknown(words_connect.proxy_refused(proxy or host, "HTTP 407"))
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


def judge_fault(fault: Exception, way: Way, clock: Clock) -> Verdict:
    """Return the verdict on a request that got no answer: the outcome is unknown, the words differ."""
    if isinstance(fault, httpcore.ConnectError | httpcore.ConnectTimeout):
        where = way.proxy.url if way.proxy is not None and not _reached_proxy(fault) else way.host
        return judge_connect_fault(fault, where, way.timeout_s, clock)
    if isinstance(fault, httpcore.TimeoutException):
        return Unknown(messages.no_answer(way.host, way.timeout_s))
    complaint = tls_complaint(fault, way.host)
    return Unknown(complaint or messages.broken(way.host, str(fault) or type(fault).__name__))


def _reached_proxy(fault: Exception) -> bool:
    """Return whether TLS failed: it begins only behind the proxy."""
    begun = (ssl.SSLError, anyio.EndOfStream, anyio.BrokenResourceError)
    return any(isinstance(reason, begun) for reason in chain(fault))


def _judge_business(body: bytes, host: str, proxy: str | None) -> Verdict:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    code = _code(answer.get("code")) if isinstance(answer, dict) else None
    if code is None or not isinstance(answer.get("rejected") or [], list):
        start = body[:ANSWER_SHOWN].decode("utf-8", "replace")
        return Unknown(
            messages.nonsense(host, start) if proxy is None else words_connect.proxy_answers(proxy, start)
        )
    return _judge_code(code, answer, host)


def _judge_code(code: int, answer: dict[str, Any], host: str) -> Verdict:
    text = messages.business_no(host, code, _shown(str(answer.get("msg", ""))))
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
    if isinstance(written, str) and _is_number(written) and len(written) <= CODE_DIGITS_MAX:
        return int(written)
    return written if isinstance(written, int) and not isinstance(written, bool) else None


def _shown(said: str) -> str:
    """Cut what a platform says to what people read: it goes on record, and to every other platform."""
    return said if len(said) <= MESSAGE_SHOWN else f"{said[:MESSAGE_SHOWN]}…"


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal()


def _seconds(retry_after: str | None) -> float:
    """Read Retry-After; a date, or nonsense, counts as the default, and no pause at all as a short one."""
    written = (retry_after or "").strip()
    if not _is_number(written):
        return RETRY_AFTER_DEFAULT_S
    return min(max(float(written), RETRY_AFTER_MIN_S), RETRY_AFTER_MAX_S)
