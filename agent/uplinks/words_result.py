"""What is said to people about results that a platform gives only later."""

from config.model import Text


def not_understood(host: str, status: int) -> Text:
    """The question for a result was refused, which says nothing of the message."""
    return Text(
        f"平台 {host} 不接受结果查询（HTTP {status}），报文仍待结果：核对布局 pending.query 的 path 和 body",
        f"{host} does not take the question for a result (HTTP {status}); the message still waits: check "
        "path and body of pending.query in the layout",
    )


def forgotten(host: str) -> Text:
    """The platform does not know the message that it had taken."""
    return Text(
        f"平台 {host} 查无此报文（代码 404），虽曾答复已收下",
        f"{host} knows nothing of the message (code 404), though it had said that it has it",
    )


def never_came(limit: str) -> Text:
    """No result within the limit."""
    return Text(
        f"{limit} 内没有给出结果",
        f"gave no result within {limit}",
    )


def sent_again(destination: str, number: int, reason: Text) -> Text:
    """A message whose result never came goes again."""
    return Text(
        f"平台 {destination} 收下的第 {number} 号报文没有结果，以同一编号重发（{reason.zh}）；"
        "反复出现请联系平台方",
        f"message {number}, which {destination} had taken, has no result; sent again under the same id "
        f"({reason.en}); if it happens again and again, call who runs the platform",
    )
