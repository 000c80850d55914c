"""A layout: how messages read on one platform, as a file of data.

A template is the message's own shape, in which texts name places:

    dataId: message.id                                       a place
    collectTime: {$from: message.time, $format: unix-ms}     the same, written in another way
    quality: {$from: reading.quality, $look_up: letters}     the same, through a table
    isConnectDataSource: true                                a constant (a text: {$value: …})
    datas: {$map: readings, $to: {quotaId: reading.code}}    each item of a list

There are no loops, no conditions and no expressions: who reads the file knows
what will be sent, and what can be wrong with it is found before anything is.
"""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from config.base import Bytes, Interval, Matching, Name, Names, Part
from config.fault import Objection

_SECONDS_PER: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}
_CODES: Final = re.compile(r"^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$", re.ASCII)
_RATE: Final = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*/\s*(s|min|h)\s*$", re.ASCII)


def parse_rate(value: object) -> float:
    """Return `10/s` or `60/min` in messages per second. Raises Objection."""
    if isinstance(value, float):
        return value
    match = _RATE.match(value) if isinstance(value, str) else None
    if match is None or float(match[1]) == 0:
        raise Objection("not-a-rate", value=value)
    return float(match[1]) / _SECONDS_PER[match[2]]


Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    WithJsonSchema({"type": "string", "pattern": _RATE.pattern, "examples": ["10/s", "60/min"]}),
]
"""How many messages in what time, written with its unit: `10/s`, `60/min`."""


class LayoutLimits(Part):
    """What a platform takes at most."""

    points: int | None = Field(None, ge=1, description="每条报文最多测点数 / readings per message")
    bytes: Bytes | None = Field(None, description="每条报文最大字节数 / size of a message")
    rate: Rate | None = Field(None, description="每秒或每分钟最多报文数，如 10/s / messages in a time")
    oldest_backfill: Interval | None = Field(
        None, description="最多补传多久以前的读数 / late readings are taken up to this age"
    )


class ResultQuery(Part):
    """How the result of a message is asked for, in the same envelope as the message."""

    path: Annotated[str, Matching(r"^(?!//)[^\s:?#]+$", "query-path-wrong")] = Field(
        description="查询地址，相对于 url / where to ask, seen from url"
    )
    body: dict[str, Any] = Field(description="查询内容 / template of what is asked")


def _promises(codes: list[int]) -> list[int]:
    if taken := sorted(set(codes) & {0, 200}):
        raise Objection("pending-code-is-a-yes", value=taken[0])
    return codes


class LayoutPending(Part):
    """What a platform says that takes a message now and tells later what became of it."""

    codes: Annotated[list[int], AfterValidator(_promises)] = Field(
        min_length=1,
        description="表示“已收下、结果待查”的业务代码 / business codes for: taken, the result will come",
    )
    receipt: str | None = Field(
        None,
        min_length=1,
        description="应答中回执号的字段名 / the answer's field with a receipt, if it has one",
    )
    query: ResultQuery
    every: Interval = Field(30.0, description="查询间隔 / how often the result is asked for")
    give_up: Interval = Field(
        86_400.0, description="超过该时间无结果则以同一编号重发 / sent again if there is none by then"
    )

    @model_validator(mode="after")
    def _asks_before_it_gives_up(self) -> Self:
        if self.give_up < self.every:
            raise Objection("pending-never-asked")
        return self


def parse_codes(value: object) -> tuple[int, int]:
    """Return a business code, or a range of them such as `1001-1999`, as first and last. Raises Objection."""
    match = _CODES.match(value) if isinstance(value, str) else None
    if match is not None:
        first, last = int(match[1]), int(match[2] or match[1])
    elif isinstance(value, int) and not isinstance(value, bool):
        first = last = value
    else:
        raise Objection("code-range", value=value)
    if last < first:
        raise Objection("code-range", value=value)
    if any(first <= code <= last for code in (0, 200)):
        raise Objection("refused-code-is-a-yes", value=value)
    return first, last


Codes = Annotated[
    tuple[int, int],
    BeforeValidator(parse_codes),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": _CODES.pattern}]}),
]
"""A business code, or a range of them: `1`, `1001-1999`."""
DATA_AT_FAULT: Final[tuple[tuple[int, int], ...]] = ((400, 499), (40000, 49999))
"""Of the sample answer; our own choice, as the answer is."""


class LayoutAnswer(Part):
    """What a platform's business codes mean, beside 0 and 200: accepted."""

    refused: tuple[Codes, ...] = Field(
        DATA_AT_FAULT,
        description=(
            "表示数据有误的业务代码：该数据会拆分、搁置，其余照发；其他代码视为平台繁忙，原样重发 / codes "
            "that find fault with the data, which is halved and set aside; any other: the same again, later"
        ),
    )


class KindEntry(Part):
    """What one kind of message is called, and how it reads if not like the others."""

    word: str = Field(min_length=1, description="平台对这类报文的叫法 / the platform's word for it")
    body: dict[str, Any] | None = Field(None, description="该类报文的内容 / its own template")
    on_connect: bool = Field(
        False, description="仅 catalogue：每次连通后先发一份 / catalogue only: sent after each connecting"
    )


class LayoutFile(Part):
    """One layout."""

    name: Name
    verified: bool = Field(
        description="是否有平台文件依据 / whether a platform's own document stands behind it"
    )
    source: Names = Field(description="依据 / what it rests on")
    format: Literal["json", "hj212"] = Field("json", description="报文形式 / how it is written")
    limits: LayoutLimits = LayoutLimits()
    answer: LayoutAnswer = LayoutAnswer()
    pending: LayoutPending | None = Field(
        None, description="平台先收下、后给结果时的查询方式 / how to ask, where results come later"
    )
    look_up: dict[str, dict[str, str | int | bool]] = Field({}, description="对照表 / tables")
    body: dict[str, Any] = Field(
        {}, description="各类报文共用的内容 / template of every kind without its own"
    )
    kinds: dict[str, KindEntry]
    left_out: dict[str, Names] = Field({}, description="平台没有的报文及原因 / kinds without a word, and why")
