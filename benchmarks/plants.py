"""Plant files of any size: devices of a hundred registers each, as a PLC's data block is read."""

from pathlib import Path
from typing import Final

POINTS_PER_DEVICE: Final = 100
CONNECTIONS_MAX: Final = 10

_HEAD: Final = """\
plant: {id: YC-BENCH, name: {zh: 性能测试, en: Benchmark}, region: "140800"}
"""
_DEVICE: Final = """\
  {id}:
    name: {{zh: 数据块, en: Data block}}
    connection: {connection}
    unit: {unit}
    period: 1 s
    points:
      value:
        name: {{zh: "测点 {{n}}", en: "Point {{n}}"}}
        unit: °C
        range: [0, 400]
        modbus: {{address: 0, type: uint16, scale: 0.1}}
        repeat: {{count: {count}}}
"""
_TRANSPORTS: Final = {
    "https": """\
    ministry-http:
      url: https://platform.example.invalid/push
      appid: "${credential:appid}"
      appsecret: "${credential:appsecret}"
      sm4: {key: "${credential:sm4-key}", iv: "${credential:sm4-iv}"}
    layout: ministry-sample
""",
    "mqtt": """\
    mqtt: {host: broker.example.invalid, port: 1883}
    layout: json
""",
}
TRANSPORTS: Final = tuple(_TRANSPORTS)
_UPLINK_TAIL: Final = """\
    readings: all
    heartbeat: 1 s
    reconnect_spread: 0 s
"""
DESTINATION: Final = "bureau"


def write_plant(path: Path, points: int, *, transport: str = "https") -> Path:
    """Write a plant of so many points at 1 s, with one destination."""
    counts = [min(POINTS_PER_DEVICE, points - at) for at in range(0, points, POINTS_PER_DEVICE)]
    connections = min(CONNECTIONS_MAX, len(counts))
    lines = [f"  plc-{n}: {{modbus-tcp: {{host: 192.0.2.{n + 1}}}}}\n" for n in range(connections)]
    devices = [
        _DEVICE.format(
            id=f"block-{n}", connection=f"plc-{n % connections}", unit=n // connections + 1, count=count
        )
        for n, count in enumerate(counts)
    ]
    uplink = f"  {DESTINATION}:\n{_TRANSPORTS[transport]}{_UPLINK_TAIL}"
    parts = (_HEAD, "connections:\n", *lines, "devices:\n", *devices, "uplinks:\n", uplink)
    path.write_text("".join(parts), encoding="utf-8")
    return path
