"""Sentences about how devices are reached. See messages.py."""

from collections.abc import Mapping
from typing import Final

LINK_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "host-is-url": (
        "“{value}”是网址；host 只写主机，例如 {host}，端口另写 port",
        "'{value}' is a URL; host is the address alone, e.g. {host}, and the port goes under port",
    ),
    "host-with-port": (
        "“{value}”含有端口；请分开写 host: {host} 和 port: {port}",
        "'{value}' holds a port as well; write host: {host} and port: {port} apart",
    ),
    "host-wrong": (
        (
            "“{value}”不是 IP 地址，也不是主机名；请写成例如 192.168.1.10（四段，每段 0 到 255，前面不补 0）"
            "或 plc-7.example"
        ),
        (
            "'{value}' is neither an IP address nor a host name; write for example 192.168.1.10 (four "
            "numbers from 0 to 255 without leading zeros) or plc-7.example"
        ),
    ),
    "bind-wrong": (
        "“{value}”不是本机 IP 地址；请填写网口的地址，例如 192.168.10.5（用 ip addr 查看）",
        "'{value}' is no IP address; write that of the network port, e.g. 192.168.10.5 (ip addr shows it)",
    ),
    "dtu-listen-wrong": (
        "“{value}”不是监听地址；请写“IP 地址:端口”，端口 1 到 65535，例如 0.0.0.0:6001",
        "'{value}' is no address to listen on; write address:port, port 1 to 65535, e.g. 0.0.0.0:6001",
    ),
    "listen-twice": (
        "连接 {other} 已在此端口监听；每个 DTU 连接须用自己的端口，请改端口",
        "the connection {other} listens on this port; each DTU has a port of its own, change one of them",
    ),
    "serial-port-twice": (
        "连接 {other} 已使用此串口；一条线上的设备请写在同一个连接下",
        "the connection {other} has this serial port; put all devices of one line under one connection",
    ),
    "packet-forms": (
        "报文只能用一种写法；请写文本，或 {{hex: 01 FF}}",
        "a packet is written in one way; write a text, or {{hex: 01 FF}}",
    ),
    "packet-hex": (
        "“{value}”不是十六进制；请成对填写 0-9、A-F，例如 01 FF",
        "'{value}' is not hexadecimal; write pairs of 0-9 and A-F, e.g. 01 FF",
    ),
    "packet-size": (
        "报文有 {size} 字节；应为 1 到 {most} 字节，请与 DTU 的设置一致",
        "the packet has {size} bytes; it has 1 to {most}, write it as it is set in the DTU",
    ),
}

LINK_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "dtu-unregistered": (
        "没有注册包，任何能连到 {listen} 的设备都会被当作该 DTU；请在 DTU 中设置注册包并填写 registration",
        (
            "without a registration packet whoever dials in to {listen} is taken for the DTU; set one in the "
            "DTU and write it as registration"
        ),
    ),
}
