"""Warnings: what does not keep a plant from starting. See messages.py."""

from collections.abc import Mapping
from typing import Final

WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "gate-unused": (
        "没有哪个限值用到阶段 {gate}；请在限值下写 gate: {gate} 和 sets，或删去该阶段",
        "no limit goes by the gate {gate}; write gate: {gate} with sets under a limit, or take the gate out",
    ),
    "alarm-of-several": (
        "{kind} 可能属于 {points} 中任一个的限值，因此单独报警；要与限值合为一个报警，请用 marks 写明测点",
        (
            "{kind} may be the limit of any of {points}, so it is an alarm by itself; to make it one with "
            "a limit, name the point in marks"
        ),
    ),
    "points-left-out": (
        ("模板“{profile}”的这些测点没有 {protocol} 地址，不会采集：{points}；需要时在设备的 points 下填写"),
        (
            "these points of the profile '{profile}' have no {protocol} address and are not read: "
            "{points}; write them under the device where needed"
        ),
    ),
    "profile-unverified": (
        "模板“{profile}”没有厂家手册依据，用于：{devices}；投运前请逐点与现场仪表核对",
        (
            "no maker's manual stands behind the profile '{profile}', used by {devices}; compare every "
            "point with the instrument on site before relying on it"
        ),
    ),
    "profile-caveat": (
        "模板“{profile}”（用于 {devices}）投运前须核对：{caveat}",
        "before the profile '{profile}' (used by {devices}) is relied on: {caveat}",
    ),
    "unit-of-its-own": (
        "单位“{unit}”不在已知单位中，不能与其他单位换算，平台也可能不认；若现场就用此单位，可忽略",
        (
            "'{unit}' is none of the units known here: it converts to no other, and platforms may not know "
            "it either; of no matter if the site has it so"
        ),
    ),
    "unit-of-its-own-near": (
        "单位“{unit}”不在已知单位中，不能与其他单位换算；是不是要写“{nearest}”？若现场就用此单位，可忽略",
        (
            "'{unit}' is none of the units known here, and converts to no other; did you mean '{nearest}'? "
            "Of no matter if the site has it so"
        ),
    ),
    "period-overruled": (
        (
            "设备的 period（{period} 秒）对其全部测点有效，这些测点自己的周期不起作用：{points}；"
            "若不是本意，请删除设备的 period，改写在需要快采的测点上"
        ),
        (
            "the device's period of {period} s holds for all its points, and these points' own periods do "
            "not: {points}; if that is not meant, delete it and write it at the points that need it"
        ),
    ),
    "port-numbered": (
        (
            "{port} 重新插拔或重启后可能变成另一条线；请改用 /dev/serial/by-id/ 下的名称（ls -l "
            "/dev/serial/by-id）"
        ),
        "{port} may name another line after a restart; use its name under /dev/serial/by-id",
    ),
    "credential-missing": (
        (
            "本机没有凭据“{name}”，运行时该平台将无法上报；请在服务单元中用 LoadCredential= "
            "提供（在别的电脑上检查时可忽略）"
        ),
        (
            "the credential '{name}' is not on this machine, so this uplink could not send; provide it by "
            "LoadCredential= in the unit (of no matter when checking on another computer)"
        ),
    ),
    "env-missing": (
        "没有设置环境变量“{name}”，运行时该平台将无法上报；请设置后再启动",
        (
            "the environment variable '{name}' is not set, so this uplink could not send; set it before "
            "the start"
        ),
    ),
    "calibration-overdue": (
        "{device} 的检定已于 {due} 到期；请送检后更新 calibration_due",
        "the calibration of {device} was due on {due}; have it calibrated and update calibration_due",
    ),
    "deviation-in-force": (
        (
            "{rule} 按批准放宽：{standard} 规定 {statutory}，现为 {chosen}（批准人 {approved_by}，至 "
            "{until}）；到期前请恢复"
        ),
        (
            "{rule} is laxer by approval: {chosen} in place of the {statutory} of {standard} (by "
            "{approved_by}, until {until}); put it back in time"
        ),
    ),
    "mqtt-plain": (
        "到 {host} 的 MQTT 连接不加密，口令和数据以明文传输；请写上 tls: {{}}",
        "the MQTT connection to {host} is not encrypted, password and data go in plain text; write tls: {{}}",
    ),
    "mqtt-refusals-unseen": (
        (
            "MQTT 3.1.1 不能表示拒收：没有主题权限时，服务器丢弃数据却照样确认，本机按已送达处理，"
            "平台缺数而无人知晓；平台支持时请改为 version: 5"
        ),
        (
            "MQTT 3.1.1 has no word for a refusal: what the broker drops (no right on the topic, for one) it "
            "confirms all the same, so it counts as delivered here and is missing there, and nobody is told; "
            "write version: 5 if the platform takes it"
        ),
    ),
    "tag-twice": (
        "位号“{tag}”与设备 {other} 重复；请核对",
        "device {other} has the tag '{tag}' too; check which is right",
    ),
    "codes-pending": (
        "编码表 {file} 中这些测点还没有平台编码，将用测点编号上报：{points}；拿到编码后请补上",
        (
            "in {file} these points have no code yet and are sent under their own ids: {points}; fill them "
            "in when issued"
        ),
    ),
}
