"""Ministry-style HTTPS: appid and SM4 ciphertext in the body, appsecret in a header.

The envelope is known (POST, `{"appid", "data"}`, upper-case hexadecimal of
SM4-CBC, header `appsecret`); what is answered is ministry_answer.py's affair. Where
the layout says that results come later, they are asked for in the same envelope.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urljoin

import anyio
import httpcore
import orjson

from agent.uplinks import messages, words_connect
from agent.uplinks.connecting import chain, judge_connect_fault, tls_complaint
from agent.uplinks.http_dial import Dialling
from agent.uplinks.ministry_answer import Meaning, judge, judge_result
from agent.uplinks.sm4 import Sm4
from agent.uplinks.source import Source
from agent.uplinks.uplink import Parcel, Result, Unknown, Verdict, Wire
from config.layout import DATA_AT_FAULT, LayoutPending
from drivers.clock import Clock

ANSWER_BYTES_MAX: Final = 1_000_000
CONNECTIONS_MAX: Final = 7  # four streams, a heartbeat, an alarm from memory, a question for a result


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
    pending: LayoutPending | None = None
    refused: Sequence[tuple[int, int]] = DATA_AT_FAULT  # business codes that find fault with the data

    @property
    def host(self) -> str:
        """The platform's host."""
        return httpcore.URL(self.url).host.decode("ascii")


class Answer(NamedTuple):
    """What came back."""

    status: int
    retry_after: str | None
    body: bytes


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
        answered = await self._answer_to(self._way.url, self.body(parcel))
        if not isinstance(answered, Answer):
            return answered
        return judge(*answered, self._way.host, self._meaning)

    async def ask(self, query: bytes) -> Result:
        """POST a question for a result, to where the layout says."""
        answered = await self._answer_to(self._where_to_ask, self._sealed(query))
        if not isinstance(answered, Answer):
            return answered
        return judge_result(*answered, self._way.host, self._meaning)

    def question(self, query: bytes) -> Wire:
        """Return the body that `ask` posts."""
        return Wire(f"POST {self._where_to_ask}", self._sealed(query))

    @property
    def _meaning(self) -> Meaning:
        return Meaning(self._proxy, self._way.pending, self._way.refused)

    @property
    def _where_to_ask(self) -> str:
        assert self._way.pending is not None
        return urljoin(self._way.url, self._way.pending.query.path)

    @property
    def _proxy(self) -> str | None:
        return None if self._way.proxy is None else self._way.proxy.url

    async def _answer_to(self, url: str, body: bytes) -> Answer | Verdict:
        way = self._way
        try:
            return await self._post(url, body)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as fault:
            return judge_fault(fault, way, self._clock)
        except httpcore.ProxyError as fault:
            assert way.proxy is not None
            return Unknown(words_connect.proxy_refused(way.proxy.url, str(fault)))

    def body(self, parcel: Parcel) -> bytes:
        """Return the body that `send` posts."""
        return self._sealed(parcel.body)

    def _sealed(self, plain: bytes) -> bytes:
        data = self._credentials.cipher.encrypt(plain)
        return orjson.dumps({"appid": self._credentials.appid, "data": data})

    def wires(self, parcel: Parcel) -> list[Wire]:
        """Return the one body that is posted."""
        return [Wire(f"POST {self._way.url}", self.body(parcel))]

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _post(self, url: str, body: bytes) -> Answer:
        """Return the answer. Raises the core's exceptions."""
        times = dict.fromkeys(("connect", "read", "write", "pool"), self._way.timeout_s)
        answer = bytearray()
        async with self._pool.stream(
            "POST", url, headers=self._headers, content=body, extensions={"timeout": times}
        ) as response:
            async for chunk in response.aiter_stream():
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX:
                    break
        headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, headers.get(b"retry-after"), bytes(answer))


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
