"""From a platform's answer in HJ 212 to a verdict."""

from collections.abc import Mapping
from typing import Final

from agent.uplinks.hj212 import messages
from agent.uplinks.hj212.frame import Segment
from agent.uplinks.hj212.packet import SYSTEM, Station
from agent.uplinks.uplink import Delivered, Rejected, RetryAfter, Unauthorised, Unknown, Verdict

REQUEST_ANSWER: Final = "9011"
RESULT: Final = "9012"
NOTICE_ANSWER: Final = "9013"
DATA_ANSWER: Final = "9014"
ANSWERS: Final = frozenset({REQUEST_ANSWER, RESULT, NOTICE_ANSWER, DATA_ANSWER})

BUSY_PAUSE_S: Final = 5.0
WILL_DO: Final = "1"
NOT_US: Final = frozenset({"3", "4", "5"})
"""QnRtn: password, MN or ST is wrong."""
AS_IT_IS: Final = frozenset({"2", "6", "7", "8"})
"""QnRtn: refused; Flag, QN or CN is wrong. The same frame again would be refused again."""
BUSY: Final = "5"
"""ExeRtn: the system is busy."""


def is_for(station: Station, answer: Segment) -> bool:
    """Return whether an answer is meant for this station: its MN, and the ST of the exchange or of its data.

    QN is a time of day: another station behind the same platform may have used the same.
    """
    return answer.head.get("MN") == station.mn and answer.head.get("ST") in (SYSTEM, station.st)


def judge(answer: Segment, host: str) -> Verdict | None:
    """Return the verdict on a frame that was answered so; None while the answer is still to come.

    An acknowledgement of data (9014) is a yes, or a result (9012) that says so. A 9014 has no field
    for a no, so that platforms say it by 9011 or 9012, or put such a field into it all the same.
    """
    fields = answer.fields()
    if "QnRtn" in fields and fields["QnRtn"] != WILL_DO:
        return _by_request_code(fields["QnRtn"], host)
    if "ExeRtn" in fields and fields["ExeRtn"] != WILL_DO:
        return _by_result_code(fields, host)
    is_result = answer.cn == RESULT and fields.get("ExeRtn") == WILL_DO
    return Delivered() if answer.cn == DATA_ANSWER or is_result else None


def _by_request_code(code: str, host: str) -> Verdict:
    text = messages.refused_frame(host, code)
    if code in NOT_US:
        return Unauthorised(text)
    return Rejected(text) if code in AS_IT_IS else Unknown(text)


def _by_result_code(fields: Mapping[str, str], host: str) -> Verdict:
    text = messages.failed_there(host, fields["ExeRtn"])
    return RetryAfter(BUSY_PAUSE_S, text) if fields["ExeRtn"] == BUSY else Unknown(text)
