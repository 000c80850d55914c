"""What is said to people about an MQTT broker."""

from config.model import Text


def broker_in_trouble(host: str, reason: str) -> Text:
    """The MQTT broker is there and takes no connections now."""
    return Text(
        f"MQTT 服务器 {host} 暂不接受连接（{reason}），稍后重试；持续出现请联系平台方",
        f"the MQTT broker {host} takes no connections now ({reason}); tried again, call the operator",
    )


def broker_refused(host: str, reason: str) -> Text:
    """The MQTT broker did not accept the connection."""
    return Text(
        f"MQTT 服务器 {host} 拒绝接入（{reason}）：核对用户名、口令和协议版本",
        f"the broker {host} refused the connection ({reason}): check user, password and protocol version",
    )


def publish_refused(host: str, reason: str) -> Text:
    """The broker acknowledged a publish with a failure."""
    return Text(
        f"MQTT 服务器 {host} 拒收消息（{reason}）：核对主题权限",
        f"the MQTT broker {host} refused the message ({reason}): check the rights on the topic",
    )
