"""From what a platform of the ministry's kind answers to a verdict.

The business answer is our own sample, `{"code": 0 | 200, "msg": …, "rejected": [ids]}`.
HTTP 200 alone proves nothing: a proxy says it too. Pure functions, one for messages and
one for questions about them.
"""

from collections.abc import Mapping
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
from config.layout import LayoutPending
from config.model import Text

ACCEPTED: Final = (0, 200)
DATA_AT_FAULT: Final = (range(400, 500), range(40000, 50000))
"""Business codes of the sample answer that find fault with the data; our own choice, as the answer is."""
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


def judge(
    status: int,
    retry_after: str | None,
    body: bytes,
    host: str,
    *,
    proxy: str | None = None,
    pending: LayoutPending | None = None,
) -> Verdict:
    """Return the verdict on an HTTP answer; `proxy` is what stands between, if anything does.

    `pending` says which codes promise a result; HTTP 202 does, if it is among them.
    """
    match status:
        case 200:
            return _judge_business(body, host, proxy, pending)
        case 202 if pending is not None and 202 in pending.codes:
            return _promised(_answer(body), pending)
        case 400 | 422 if body.lstrip()[:1] == b"<":
            return Unknown(_page_says(body, host, proxy))
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
    *,
    proxy: str | None = None,
    pending: LayoutPending | None = None,
) -> Result:
    """Return what became of a message, or a Failure where nobody can tell from the answer.

    That a question was not understood is no verdict on the message; and code 404 finds
    fault with no data, the platform has none.
    """
    code = _code(_answer(body).get("code"))
    if status == HTTPStatus.OK and code == HTTPStatus.NOT_FOUND:
        return Forgotten(words_result.forgotten(host))
    verdict = judge(status, retry_after, body, host, proxy=proxy, pending=pending)
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


def _judge_business(body: bytes, host: str, proxy: str | None, pending: LayoutPending | None) -> Verdict:
    answer = _answer(body)
    code = _code(answer.get("code"))
    if pending is not None and code in pending.codes:
        return _promised(answer, pending)
    if not body.strip():
        return Unknown(messages.nothing_said(host))
    if code is None or not isinstance(answer.get("rejected") or [], list):
        return Unknown(_nonsense(body, host, proxy))
    return _judge_code(code, answer, host)


def _judge_code(code: int, answer: dict[str, Any], host: str) -> Verdict:
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
    return Rejected(text) if any(code in codes for codes in DATA_AT_FAULT) else Unknown(text)


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
