"""Sentences about OPC UA connections and nodes. See messages.py."""

from collections.abc import Mapping
from typing import Final

OPCUA_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "endpoint-with-user": (
        "地址里不能写用户名和密码；请写到 user 下：user: {{name: …, password: ${{credential:名称}}}}",
        "an address holds no user and password; write user: {{name: …, password: ${{credential:name}}}}",
    ),
    "opcua-user-incomplete": (
        "user 要么写 name 和 password，要么写 certificate 和 key；请写全一组，不要混用",
        "a user has either name and password, or certificate and key; write one pair whole",
    ),
    "certificate-file-missing": (
        "证书文件 {file} 不存在；请放到该位置，或改正文件名",
        "the certificate file {file} does not exist; put it there, or correct its name",
    ),
    "browse-path-wrong": (
        "“{value}”不是浏览路径；请写成例如 2:PLC/2:Tilt，或 nsu=http://…;PLC/…（名称中的 / 写作 &/）",
        (
            "'{value}' is no browse path; write for example 2:PLC/2:Furnace/2:Tilt, or nsu=http://…;PLC/… "
            "(a / within a name is written &/)"
        ),
    ),
    "namespace-wrong": (
        "“{value}”不是命名空间；请写 0 到 65535 的序号，或不含分号的 URI",
        "'{value}' is no namespace; write an index from 0 to 65535, or a URI without a semicolon",
    ),
    "node-id-or-name": (
        "节点只能用一种写法；写完整的 id、浏览路径 path，或设备节点下的 name",
        "a node is written in one way; give its id, its browse path, or its name under the device's node",
    ),
    "deadband-twice": (
        "死区只能写一种；deadband（带单位）与 deadband_percent（占量程）二选一",
        "a deadband is written once; give either deadband (with its unit) or deadband_percent (of the range)",
    ),
    "deadband-without-range": (
        "按百分比的死区需要量程；请补上 range，或改用带单位的 deadband",
        "a deadband in percent needs a measuring range; add range, or write deadband with its unit",
    ),
}

OPCUA_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "opcua-plain": (
        (
            "到 {endpoint} 的 OPC UA 连接既不签名也不加密，途中可被读取和篡改；服务器支持时请写 security: "
            "Basic256Sha256/SignAndEncrypt"
        ),
        (
            "the OPC UA connection to {endpoint} is neither signed nor encrypted: values can be read and "
            "changed on their way; where the server can, write security: Basic256Sha256/SignAndEncrypt"
        ),
    ),
    "deadband-hides-limit": (
        (
            "死区 {deadband} {unit} 大于 {rule} 自身的回差 {own} {unit}：数值越过限值 {limit} {unit} "
            "而变化不超过死区时不会上报；请减小死区"
        ),
        (
            "the deadband {deadband} {unit} is wider than the {own} {unit} of {rule}: a value may pass the "
            "limit {limit} {unit} by as much and not be reported; make the deadband smaller"
        ),
    ),
    "credential-missing-connection": (
        (
            "本机没有凭据“{name}”，运行时该连接将无法登录；请在服务单元中用 LoadCredential= "
            "提供（在别的电脑上检查时可忽略）"
        ),
        (
            "the credential '{name}' is not on this machine, so this connection could not log in; provide it "
            "by LoadCredential= in the unit (of no matter when checking on another computer)"
        ),
    ),
    "env-missing-connection": (
        "没有设置环境变量“{name}”，运行时该连接将无法登录；请设置后再启动",
        "the environment variable '{name}' is not set, so this connection could not log in; set it first",
    ),
}
