"""From a reason code of MQTT to a verdict."""

from typing import Final

from paho.mqtt.reasoncodes import ReasonCode

from agent.uplinks.mqtt import messages
from agent.uplinks.uplink import Delivered, Rejected, RetryAfter, TooLarge, Unauthorised, Unknown, Verdict

QUOTA_PAUSE_S: Final = 5.0

NOT_AUTHORISED: Final = 0x87
QUOTA_EXCEEDED: Final = 0x97
PACKET_TOO_LARGE: Final = 0x95
PAYLOAD_INVALID: Final = 0x99
TOPIC_INVALID: Final = 0x90
BROKER_IN_TROUBLE: Final = frozenset({0x80, 0x83, 0x88, 0x89, 0x97, 0x9F})
"""CONNACK: unspecified, implementation specific, unavailable, busy, quota exceeded, rate exceeded."""


def judge_connack(reason: ReasonCode, host: str) -> Verdict:
    """Return the verdict on a CONNACK that refuses: a broker in trouble, or a gateway it does not know."""
    if reason.value in BROKER_IN_TROUBLE:
        return Unknown(messages.broker_in_trouble(host, str(reason)))
    return Unauthorised(messages.broker_refused(host, str(reason)))


def judge(reason: ReasonCode, host: str) -> Verdict:
    """Return the verdict on a PUBACK; "no matching subscribers" (0x10) is a success."""
    if not reason.is_failure:
        return Delivered()
    text = messages.publish_refused(host, str(reason))
    by_code: dict[int, Verdict] = {
        NOT_AUTHORISED: Unauthorised(text),
        QUOTA_EXCEEDED: RetryAfter(QUOTA_PAUSE_S, text),
        PACKET_TOO_LARGE: TooLarge(text),
        PAYLOAD_INVALID: Rejected(text),
        TOPIC_INVALID: Rejected(text),
    }
    return by_code.get(reason.value, Unknown(text))
