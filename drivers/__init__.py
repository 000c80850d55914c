"""Bytes on a wire to `Scan`: Modbus, OPC UA, and the clock that stamps them."""
