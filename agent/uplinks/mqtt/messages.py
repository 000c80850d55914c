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


MENDS: Final[dict[int, Text]] = {
    0x87: Text("核对主题权限", "check the rights on the topic"),
    0x90: Text("核对 mqtt 下的 topic", "check topic under mqtt"),
    0x95: Text("拆分后重发", "sent in parts"),
    0x97: Text(
        "超出平台配额，稍后重发；反复出现请平台方提高配额，或在布局中写 limits.rate",
        "over its quota, sent again later; if it happens often have it raised, or write limits.rate in "
        "the layout",
    ),
    0x99: Text(
        "平台不接受报文内容，核对布局（layout preview）",
        "it does not take the content, compare it with layout preview",
    ),
}
"""PUBACK of MQTT 5 by reason code: what to do."""
AGAIN: Final = Text(
    "以同一编号重发；持续出现请联系平台方", "sent again under the same id; if it lasts, call the operator"
)


def publish_refused(host: str, code: int, reason: str) -> Text:
    """The broker acknowledged a publish with a failure."""
    mend = MENDS.get(code, AGAIN)
    return Text(
        f"MQTT 服务器 {host} 拒收消息（{reason}）：{mend.zh}",
        f"the MQTT broker {host} refused the message ({reason}): {mend.en}",
    )


def taken_over(host: str, client_id: str) -> Text:
    """The broker has let somebody else take our place, who came under our client id."""
    return Text(
        f"MQTT 服务器 {host} 断开了本网关：另有客户端使用同一标识 {client_id} 接入，双方会互相踢下线；"
        "检查是否有第二台网关或旧网关仍在运行，或写不同的 client_id",
        f"the MQTT broker {host} hung up because another client came under our id {client_id}, and each puts "
        "the other out: look for a second gateway, or an old one that still runs, or write another client_id",
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
