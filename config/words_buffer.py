"""Sentences about what the store keeps, and for whom. See messages.py."""

from collections.abc import Mapping
from typing import Final

BUFFER_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "formerly-in-use": (
        "“{former}”仍是另一个上报平台的名称；formerly 应写本平台改名前的名称",
        "'{former}' is still an uplink's name; write under formerly what this one was called before",
    ),
    "formerly-twice": (
        "“{former}”已写在 {other} 下；积压数据只能由一个平台接续，请删除其中一处",
        "'{former}' stands under {other}, too; only one can go on with its backlog, so delete one",
    ),
}
