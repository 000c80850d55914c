"""What is said of the store's own doings, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from buffering.notices import AGE, LEFT, MAX_BACKLOG, SIZE, GivenUp
from config.model import Text

WHY: Final[Mapping[str, tuple[str, str]]] = {
    AGE: ("已超过保存期限", "they are older than the store keeps them"),
    SIZE: ("存储空间已用到上限", "the store has reached its size"),
    MAX_BACKLOG: ("已超过该平台的补传期限 max_backlog", "they are older than this destination's max_backlog"),
    LEFT: ("该平台已从配置文件中删除", "this destination is no longer in the plant file"),
}


def given_up(notice: GivenUp) -> Text:
    """Records that will not be sent to a destination."""
    zh, en = WHY[notice.cause]
    return Text(
        f"{notice.items} 条数据未能送达平台 {notice.destination}，不再上报：{zh}",
        f"{notice.items} items never reached destination {notice.destination} and will not be sent: {en}",
    )


def key_wrong(name: str) -> Text:
    """What should be the device's key is none."""
    return Text(
        f"{name} 不是 Ed25519 私钥（PEM），数据链不签名；请用 openssl genpkey -algorithm ed25519 重新生成",
        f"{name} is no Ed25519 private key in PEM, so heads are not signed; "
        "make one with openssl genpkey -algorithm ed25519",
    )


def key_not_kept(path: str, detail: str) -> Text:
    """The device's key can be neither read nor made."""
    return Text(
        f"设备密钥 {path} 无法读写（{detail}），数据链不签名；请检查目录权限，或用凭据 device-key 提供",
        f"the device key {path} can be neither read nor made ({detail}), so heads are not signed; "
        "check the folder's rights, or provide the credential device-key",
    )
