"""How a device is reached: Modbus TCP, Modbus RTU on a serial line, OPC UA."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.base import Interval, Matching, Part, Seconds
from config.fault import Objection


class ModbusTcp(Part):
    """A Modbus TCP server; several units may stand behind it."""

    host: str = Field(min_length=1, description="IP 地址或主机名 / IP address or host name")
    port: int = Field(502, ge=1, le=65535, description="TCP 端口 / TCP port")
    timeout: Interval = Field(1.0, description="应答超时 / how long an answer may take")
    pause: Seconds = Field(0.0, description="两次请求之间的间隔 / silence between two requests")


class ModbusRtu(Part):
    """A serial line. `pause` is the silence kept between two requests."""

    port: str = Field(
        min_length=1,
        description="串口，写 /dev/serial/by-id/… / serial port, by its lasting name",
        examples=["/dev/serial/by-id/usb-FTDI_USB-RS485_AB0CDEFG-if00-port0"],
    )
    baudrate: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = Field(
        9600, description="波特率 / bits per second"
    )
    parity: Literal["none", "even", "odd"] = Field("none", description="校验位：无、偶、奇 / parity")
    stopbits: Literal[1, 2] = Field(1, description="停止位 / stop bits")
    timeout: Interval = Field(0.3, description="应答超时 / how long an answer may take")
    pause: Seconds = Field(0.01, description="两次请求之间的静默时间 / silence between two requests")


class OpcUa(Part):
    """An OPC UA server, watched by subscription."""

    endpoint: Annotated[str, Matching(r"^opc\.tcp://[^\s/]", "endpoint-wrong")] = Field(
        description="服务器地址 / address of the server",
        examples=["opc.tcp://192.168.10.30:4840"],
    )
    security: Literal["None"] = Field("None", description="安全策略；本版本只支持 None / this version: None")
    publishing_interval: Interval = Field(0.5, description="发布间隔 / how often the server reports")
    timeout: Interval = Field(4.0, description="请求超时 / how long an answer may take")
    silence: Interval = Field(
        10.0, description="多久没有消息就重建订阅 / silent for so long: the subscription is made anew"
    )


Connection = ModbusTcp | ModbusRtu | OpcUa


class ConnectionEntry(Part):
    """A connection as it stands in a plant file: one key that names the protocol."""

    modbus_tcp: ModbusTcp | None = Field(None, alias="modbus-tcp")
    modbus_rtu: ModbusRtu | None = Field(None, alias="modbus-rtu")
    opcua: OpcUa | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given) != 1:
            raise Objection("connection-protocols", count=len(self._given))
        return self

    @property
    def _given(self) -> list[Connection]:
        return [c for c in (self.modbus_tcp, self.modbus_rtu, self.opcua) if c is not None]

    @property
    def settings(self) -> Connection:
        """The one protocol that is given."""
        return self._given[0]
