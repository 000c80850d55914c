"""What is said to people about a platform that speaks HJ 212."""

from collections.abc import Mapping
from typing import Final

from config.model import Text

QN_RETURN: Final[Mapping[str, tuple[str, str]]] = {
    "2": ("请求被拒绝", "refused"),
    "3": ("密码错误：核对 hj212.password", "wrong password: check hj212.password"),
    "4": ("MN 错误：核对 hj212.mn", "wrong MN: check hj212.mn"),
    "5": ("ST 错误：核对 hj212.st", "wrong ST: check hj212.st"),
    "6": ("Flag 错误：平台可能只支持 2005 版", "wrong Flag: the platform may know the version of 2005 only"),
    "7": ("QN 错误：核对本机时间", "wrong QN: check this machine's clock"),
    "8": ("CN 错误：平台不支持该命令", "wrong CN: the platform does not know the command"),
    "9": ("CRC 校验错误：线路不稳定，自动重发", "wrong CRC: a bad line; sent again"),
}
"""QnRtn, HJ 212-2017: why a request is not carried out."""

REQUESTS: Final[Mapping[str, tuple[str, str]]] = {
    "1000": ("设置超时时间及重发次数", "set time-out and retries"),
    "1011": ("提取现场机时间", "get the time"),
    "1012": ("设置现场机时间", "set the time"),
    "1061": ("提取实时数据间隔", "get the interval of real-time data"),
    "1062": ("设置实时数据间隔", "set the interval of real-time data"),
    "1063": ("提取分钟数据间隔", "get the interval of minute data"),
    "1064": ("设置分钟数据间隔", "set the interval of minute data"),
    "1072": ("设置现场机密码", "set the password"),
    "2011": ("取实时数据", "fetch real-time data"),
    "2012": ("停止察看实时数据", "stop real-time data"),
    "2021": ("取设备运行状态", "fetch states of equipment"),
    "2022": ("停止察看设备运行状态", "stop states of equipment"),
    "2031": ("取日历史数据", "fetch data of days"),
    "2041": ("取设备运行时间日历史数据", "fetch hours of equipment"),
    "2051": ("取分钟历史数据", "fetch data of minutes"),
    "2061": ("取小时历史数据", "fetch data of hours"),
    "2081": ("上传数采仪开机时间", "tell the time of the start"),
}
"""What a platform may ask of a station, by command."""


def refused_frame(host: str, code: str) -> Text:
    """A frame was answered with a QnRtn that is no yes."""
    zh, en = QN_RETURN.get(code, ("原因未说明", "no reason given"))
    return Text(
        f"平台 {host} 未接收数据（QnRtn={code}，{zh}）", f"{host} did not take the data (QnRtn={code}, {en})"
    )


def failed_there(host: str, code: str) -> Text:
    """A frame was answered with an ExeRtn that is no yes."""
    return Text(
        f"平台 {host} 处理失败（ExeRtn={code}），将以同一 QN 重发",
        f"{host} could not process the data (ExeRtn={code}); sent again under the same QN",
    )


def for_another(host: str, mn: str, st: str) -> Text:
    """What came under our QN names another station."""
    return Text(
        f"平台 {host} 以我们的 QN 应答了另一站点（MN={mn or '无'}，ST={st or '无'}），不算确认，将以同一 QN "
        "重发：请平台方核对应答中的 MN 和 ST，并核对 hj212.mn",
        f"{host} answered our QN for another station (MN={mn or 'none'}, ST={st or 'none'}), which is no "
        "acknowledgement; sent again under the same QN: have the platform look at MN and ST of its "
        "answers, and check hj212.mn",
    )


def password_malformed() -> Text:
    """The station's password is not six digits."""
    return Text(
        "hj212.password 不是 6 位数字：向平台方核对后改正凭据，然后重启",
        "hj212.password is not six digits: ask the platform, correct the credential, then restart",
    )


def request_refused(command: str, returned: int) -> Text:
    """The platform asked for something; it was refused."""
    zh, en = REQUESTS.get(command, ("未知命令", "an unknown command"))
    return Text(
        f"平台请求“{zh}”（CN={command}），已拒绝（QnRtn={returned}）；本网关不接受远程设置，参数只能由企业在配置文件中修改",
        f"the platform asked to {en} (CN={command}); refused (QnRtn={returned}): this gateway takes no "
        "remote settings, the plant changes them in its own file",
    )
