"""A connection of a plant file: one protocol, and how it is reached."""

from typing import Self

from pydantic import Field, model_validator

from config.base import Part
from config.fault import Objection
from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.opcua_link import OpcUa

Connection = Modbus | OpcUa


class ConnectionEntry(Part):
    """A connection as it stands in a plant file: one key that names the protocol."""

    modbus_tcp: ModbusTcp | None = Field(None, alias="modbus-tcp")
    modbus_rtu: ModbusRtu | None = Field(None, alias="modbus-rtu")
    modbus_rtu_tcp: ModbusRtuTcp | None = Field(None, alias="modbus-rtu-tcp")
    modbus_dtu: ModbusDtu | None = Field(None, alias="modbus-dtu")
    opcua: OpcUa | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given) != 1:
            raise Objection("connection-protocols", count=len(self._given))
        return self

    @property
    def _given(self) -> list[Connection]:
        known = (self.modbus_tcp, self.modbus_rtu, self.modbus_rtu_tcp, self.modbus_dtu, self.opcua)
        return [connection for connection in known if connection is not None]

    @property
    def settings(self) -> Connection:
        """The one protocol that is given."""
        return self._given[0]
