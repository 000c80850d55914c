"""What is said to people about an MQTT broker."""

from typing import Final

from config.model import Text
from config.transport import MqttVersion

OTHER: Final[dict[MqttVersion, MqttVersion]] = {"5": "3.1.1", "3.1.1": "5"}


def broker_in_trouble(host: str, reason: str) -> Text:
    """The MQTT broker is there and takes no connections now."""
    return Text(
        f"MQTT 服务器 {host} 暂不接受连接（{reason}），稍后重试；持续出现请联系平台方",
        f"the MQTT broker {host} takes no connections now ({reason}); tried again, call the operator",
    )


def broker_refused(host: str, reason: str) -> Text:
    """The MQTT broker did not accept the connection."""
    return Text(
        f"MQTT 服务器 {host} 拒绝接入（{reason}）：核对用户名和口令，以及平台是否要求 client_id 或客户端证书",
        f"the broker {host} refused the connection ({reason}): check user and password, and whether the "
        "platform wants a client_id of its own or a client certificate",
    )


def client_id_refused(host: str) -> Text:
    """The broker does not take our client id."""
    return Text(
        f"MQTT 服务器 {host} 不接受本网关的客户端标识：向平台方索取，写在 mqtt 下的 client_id",
        f"the broker {host} does not accept this gateway's client id: ask the platform for one and write it "
        "as client_id under mqtt",
    )


def version_refused(host: str, asked: MqttVersion) -> Text:
    """The broker does not speak the version in which it was asked."""
    return Text(
        f"MQTT 服务器 {host} 不支持 MQTT {asked}：在 mqtt 下写 version: {OTHER[asked]}，然后重启",
        f"the broker {host} does not speak MQTT {asked}: write version: {OTHER[asked]} under mqtt, then "
        "restart",
    )


def hung_up(host: str, asked: MqttVersion) -> Text:
    """The broker ended the connection in place of a CONNACK."""
    return Text(
        f"MQTT 服务器 {host} 收到连接请求后不作答复就断开：可能不支持 MQTT {asked}，可试 mqtt 下 "
        f"version: {OTHER[asked]}；也请检查端口和是否应写 tls",
        f"{host} hangs up on our CONNECT without an answer: it may not speak MQTT {asked}, try version: "
        f"{OTHER[asked]} under mqtt; check the port too, and whether tls belongs there",
    )


def publish_refused(host: str, reason: str) -> Text:
    """The broker acknowledged a publish with a failure."""
    return Text(
        f"MQTT 服务器 {host} 拒收消息（{reason}）：核对主题权限",
        f"the MQTT broker {host} refused the message ({reason}): check the rights on the topic",
    )


def unacknowledged(host: str, detail: str) -> Text:
    """Under 3.1.1 the connection ended between PUBLISH and PUBACK, which may be a refusal."""
    return Text(
        f"MQTT 服务器 {host} 没有确认消息就断开（{detail}），将以同一编号重发；若反复出现，多半是拒收："
        "核对主题权限和报文大小上限（布局的 limits.bytes）",
        f"the MQTT broker {host} hung up without acknowledging the message ({detail}); sent again under the "
        "same id. If it does so every time, it refuses: check the rights on the topic, and the size that it "
        "takes (limits.bytes in the layout)",
    )
