"""The outbox's sentences for people: code → zh, en. Each says what is wrong and the mend."""

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "disk-full": (
        "磁盘已满，数据暂存在内存中；请清理磁盘空间",
        "the disk is full and data waits in memory; free some space",
    ),
    "quota": (
        "存储已用到 max_size，正在删除最旧的数据以腾出空间",
        "the store has reached max_size; the oldest records make room",
    ),
    "io-error": (
        "磁盘读写出错，数据暂存在内存中；请检查存储介质",
        "the disk fails and data waits in memory; check the storage medium",
    ),
    "read-only": (
        "存储目录不可写，数据暂存在内存中；请检查挂载方式和目录权限",
        "the store cannot be written and data waits in memory; check the mount and the folder's permissions",
    ),
    "damaged": (
        "存储文件已损坏，正移至一旁并恢复其中数据；请检查存储介质",
        "the store's file is damaged; it is set aside and its records are salvaged; check the storage medium",
    ),
    "missing": (
        "运行中存储文件被移走；请恢复该文件或重启代理",
        "the store's file was taken away while in use; put it back or restart the agent",
    ),
    "in-use": (
        "存储正被另一进程使用；请先停止另一个代理",
        "another process uses the store; stop the other agent first",
    ),
    "no-answer": (
        "磁盘没有应答，数据暂存在内存中；请检查存储介质",
        "the disk does not answer and data waits in memory; check the storage medium",
    ),
    "other-gateway": (
        "存储属于另一个网关；请为每个网关使用各自的状态目录",
        "the store belongs to another gateway; give each gateway a state folder of its own",
    ),
    "older": (
        "存储是旧格式，只读查看时不转换；请用当前版本的网关打开一次，或用当时的版本查看",
        "the store is of an older format and is not converted while only looked at; have the agent open it",
    ),
    "not-ours": (
        "该文件不是本代理的存储；请将其移走",
        "the file is not a store of this agent; move it aside",
    ),
    "newer": (
        "存储由更新版本的代理创建；请升级代理",
        "the store was made by a newer agent; upgrade this one",
    ),
    "closed": (
        "存储已关闭，尚未写入的数据没有保存",
        "the store was closed before this was written",
    ),
    "stopped": (
        "存储线程因内部错误停止；请重启代理并报告日志",
        "the store's thread stopped on a fault of its own; restart the agent and report the log",
    ),
}


def sentence(code: str, language: str) -> str:
    """Return the sentence for `code` in `language`, "zh" or "en".

    Raises KeyError for a code that the catalogue does not know.
    """
    zh, en = SENTENCES[code]
    return zh if language == "zh" else en
