"""What a person says of an act on alarms and areas: texts, a time or how long; checked, as an `Act`."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_acts
from agent.act import Refused, asked_time
from agent.alarms.event import Act
from agent.records import Json
from config.fault import Objection
from config.quantity import parse_seconds

NS_PER_S: Final = 10**9
TEXT_MAX: Final = 500


def need(asked: Json, *keys: str) -> None:
    """Refuse an act where none of `keys` is said. Raises Refused."""
    if not any(asked.get(key, "").strip() for key in keys):
        raise Refused(words_acts.needed(keys))


def act_of(asked: Json, by: str, *, zone: ZoneInfo, now_ns: int) -> Act:
    """Return what is said, and who says it: a person, not an account. Raises Refused."""
    need(asked, "as")
    said = {key: asked.get(key, "").strip() for key in ("reason", "cause", "measure")}
    for key, text in said.items():
        if len(text) > TEXT_MAX or not text.isprintable():
            raise Refused(words_acts.text_unfit(key, TEXT_MAX))
    until = _until(asked, zone, now_ns)
    return Act(
        by,
        until_ns=None if until is None else round(until.timestamp()) * NS_PER_S,
        until="" if until is None else until.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        **said,
    )


def _until(asked: Json, zone: ZoneInfo, now_ns: int) -> datetime | None:
    if span := asked.get("for", ""):
        try:
            lasts = timedelta(seconds=parse_seconds(span))
        except Objection:
            raise Refused(words_acts.no_span("for", span)) from None
        return datetime.fromtimestamp(now_ns / NS_PER_S, zone) + lasts
    return asked_time(asked, "until", zone) if asked.get("until") else None
