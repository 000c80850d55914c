"""From what a platform of the ministry's kind answers to a verdict.

The business answer is our own sample, `{"code": 0 | 200, "msg": …, "rejected": [ids]}`.
HTTP 200 alone proves nothing: a proxy says it too. Pure functions, one for messages and
one for questions about them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson

from agent.uplinks import messages, words_connect, words_result
from agent.uplinks.uplink import (
    Delivered,
    Forgotten,
    Partly,
    Pending,
    Rejected,
    Result,
    RetryAfter,
    TooLarge,
    Unauthorised,
    Unknown,
    Verdict,
)
from config.layout import DATA_AT_FAULT, LayoutPending
from config.model import Text

ACCEPTED: Final = (0, 200)
RETRY_AFTER_DEFAULT_S: Final = 5.0
RETRY_AFTER_MAX_S: Final = 300.0
RETRY_AFTER_MIN_S: Final = 1.0
CODE_DIGITS_MAX: Final = 9
SAID: Final = ("msg", "message", "errMsg", "errmsg", "errorMsg", "error", "detail", "description", "title")
MESSAGE_SHOWN: Final = 200  # characters of a platform's own words
CLEAR_TO_TLS: Final = (b"plain HTTP request was sent to HTTPS port", b"speaking plain HTTP to an SSL-enabled")
"""What nginx and Apache say on a port for TLS to who does not speak it."""
ANSWER_SHOWN: Final = 40  # characters of an answer that is quoted to people
RECEIPT_MAX: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Meaning:
    """How the answers of one platform are to be read.

    `proxy` is what stands between, if anything does; `pending` says which codes promise a
    result (HTTP 202 does, if it is among them); `refused` which find fault with the data.
    """

    proxy: str | None = None
    pending: LayoutPending | None = None
    refused: Sequence[tuple[int, int]] = DATA_AT_FAULT


PLAIN: Final = Meaning()


def judge(status: int, retry_after: str | None, body: bytes, host: str, meaning: Meaning = PLAIN) -> Verdict:
    """Return the verdict on an HTTP answer."""
    pending, proxy = meaning.pending, meaning.proxy
    match status:
        case 200:
            return _judge_business(body, host, meaning)
        case 202 if pending is not None and 202 in pending.codes:
            return _promised(_answer(body), pending)
        case 201 | 202 | 204 | 205:
            return Unknown(messages.taken_unsaid(host, status))
        case 400 | 422 if body.lstrip()[:1] == b"<":
            return Unknown(_page_says(body, host, proxy))
        case 400 | 422:
            return _judge_refusal(status, _answer(body), host)
        case 407:
            return Unknown(words_connect.proxy_refused(proxy or host, "HTTP 407"))
        case 401 | 403:
            return Unauthorised(messages.unauthorised(host, f"HTTP {status}"))
        case 413:
            return TooLarge(messages.too_large(host))
        case _:
            return _later(status, retry_after, host, proxy)


def _later(status: int, retry_after: str | None, host: str, proxy: str | None) -> Verdict:
    """Judge a status that says nothing of the data."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None
    ):
        return RetryAfter(_seconds(retry_after), messages.status(host, status))
    if proxy is not None and status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT):
        return Unknown(words_connect.proxy_gets_nothing(proxy, host, status))
    return Unknown(messages.status(host, status))


def _judge_refusal(status: int, answer: Mapping[str, Any], host: str) -> Verdict:
    """Judge HTTP 400 or 422: what the answer says beside it may be of who we are, or of the size."""
    code, said = _code(answer.get("code")), _shown(_said(answer))
    words = messages.business_no(host, _told(status, code), said or HTTPStatus(status).phrase)
    match code:
        case 401 | 403:
            return Unauthorised(words)
        case 413:
            return TooLarge(words)
        case 429:
            return RetryAfter(RETRY_AFTER_DEFAULT_S, words)
    return Rejected(words)


def _told(status: int, code: int | None) -> str:
    return f"HTTP {status}" if code is None or code == status else f"HTTP {status}, {code}"


def _page_says(body: bytes, host: str, proxy: str | None) -> Text:
    """Return what a web page in place of a refusal means: it judges no data, whoever made it."""
    if any(words in body for words in CLEAR_TO_TLS):
        return messages.tls_wanted(host)
    return _nonsense(body, host, proxy)


def _nonsense(body: bytes, host: str, proxy: str | None) -> Text:
    start = body[:ANSWER_SHOWN].decode("utf-8", "replace")
    return messages.nonsense(host, start) if proxy is None else words_connect.proxy_answers(proxy, start)


def judge_result(
    status: int,
    retry_after: str | None,
    body: bytes,
    host: str,
    meaning: Meaning = PLAIN,
) -> Result:
    """Return what became of a message, or a Failure where nobody can tell from the answer.

    That a question was not understood is no verdict on the message; and code 404 finds
    fault with no data, the platform has none.
    """
    code = _code(_answer(body).get("code"))
    if status == HTTPStatus.OK and code == HTTPStatus.NOT_FOUND:
        return Forgotten(words_result.forgotten(host))
    verdict = judge(status, retry_after, body, host, meaning)
    if status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED) and isinstance(verdict, Rejected | TooLarge):
        return Unknown(words_result.not_understood(host, status))
    return verdict


def _answer(body: bytes) -> dict[str, Any]:
    """Return an answer's fields; none, if it is no object."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _promised(answer: Mapping[str, Any], pending: LayoutPending) -> Pending:
    receipt = None if pending.receipt is None else answer.get(pending.receipt)
    return Pending(None if receipt is None else str(receipt)[:RECEIPT_MAX])


def _judge_business(body: bytes, host: str, meaning: Meaning) -> Verdict:
    answer = _answer(body)
    code = _code(answer.get("code"))
    if meaning.pending is not None and code in meaning.pending.codes:
        return _promised(answer, meaning.pending)
    if not body.strip():
        return Unknown(messages.nothing_said(host))
    if code is None or not isinstance(answer.get("rejected") or [], list):
        return Unknown(_nonsense(body, host, meaning.proxy))
    return _judge_code(code, answer, host, meaning)


def _judge_code(code: int, answer: dict[str, Any], host: str, meaning: Meaning) -> Verdict:
    text = messages.business_no(host, code, _shown(_said(answer)))
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
    if any(first <= code <= last for first, last in meaning.refused):
        return Rejected(text)
    return Unknown(messages.not_now(host, code, _shown(_said(answer))))


def _code(written: object) -> int | None:
    """Read a business code; some platforms write it as text. A truth value is none."""
    if isinstance(written, str) and _is_number(written) and len(written) <= CODE_DIGITS_MAX:
        return int(written)
    return written if isinstance(written, int) and not isinstance(written, bool) else None


def _said(answer: Mapping[str, Any]) -> str:
    """Return a platform's own words, under whichever of the usual names they stand."""
    return next((str(answer[key]) for key in SAID if isinstance(answer.get(key), str) and answer[key]), "")


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
