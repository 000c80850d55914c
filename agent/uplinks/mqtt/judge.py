"""From what a broker answers to a verdict.

The codes of 3.1.1 are read as those of MQTT 5 that mean the same. A broker may
answer in another version than it was asked in: that is how it says that it does
not speak ours.
"""

from collections.abc import Mapping
from typing import Final

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from agent.uplinks.mqtt import messages
from agent.uplinks.uplink import Delivered, Rejected, RetryAfter, TooLarge, Unauthorised, Unknown, Verdict
from config.transport import MqttVersion

QUOTA_PAUSE_S: Final = 5.0

VERSION_UNSUPPORTED: Final = 0x84
CLIENT_ID_INVALID: Final = 0x85
NOT_AUTHORISED: Final = 0x87
TOPIC_INVALID: Final = 0x90
PACKET_TOO_LARGE: Final = 0x95
QUOTA_EXCEEDED: Final = 0x97
PAYLOAD_INVALID: Final = 0x99
BROKER_IN_TROUBLE: Final = frozenset({0x80, 0x83, 0x88, 0x89, 0x97, 0x9F})
"""CONNACK: unspecified, implementation specific, unavailable, busy, quota exceeded, rate exceeded."""

RETURN_CODES: Final[Mapping[int, int]] = {
    1: VERSION_UNSUPPORTED,
    2: CLIENT_ID_INVALID,
    3: 0x88,  # server unavailable
    4: 0x86,  # bad user name or password
    5: NOT_AUTHORISED,
}
"""CONNACK of 3.1.1 (table 3.1 there) → of MQTT 5."""


def judge_connack(packet: bytes, host: str, asked: MqttVersion) -> Verdict | None:
    """Return the verdict on a CONNACK, flags and what follows; None if we are welcome."""
    code = packet[1]
    if code == 0:
        # MQTT 5 has properties behind the code, if only their length.
        is_ours = (len(packet) == 2) == (asked == "3.1.1")
        return None if is_ours else Unauthorised(messages.version_refused(host, asked))
    reason = RETURN_CODES.get(code, code)
    if reason == VERSION_UNSUPPORTED:
        return Unauthorised(messages.version_refused(host, asked))
    if reason == CLIENT_ID_INVALID:
        return Unauthorised(messages.client_id_refused(host))
    if reason in BROKER_IN_TROUBLE:
        return Unknown(messages.broker_in_trouble(host, _name(reason)))
    return Unauthorised(messages.broker_refused(host, _name(reason)))


def judge(reason: ReasonCode, host: str) -> Verdict:
    """Return the verdict on a PUBACK; "no matching subscribers" (0x10) is a success."""
    if not reason.is_failure:
        return Delivered()
    text = messages.publish_refused(host, reason.value, str(reason))
    by_code: dict[int, Verdict] = {
        NOT_AUTHORISED: Unauthorised(text),
        QUOTA_EXCEEDED: RetryAfter(QUOTA_PAUSE_S, text),
        PACKET_TOO_LARGE: TooLarge(text),
        PAYLOAD_INVALID: Rejected(text),
        TOPIC_INVALID: Rejected(text),
    }
    return by_code.get(reason.value, Unknown(text))


def _name(code: int) -> str:
    try:
        return str(ReasonCode(PacketTypes.CONNACK, identifier=code))
    except KeyError:
        return f"0x{code:02X}"
