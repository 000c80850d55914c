"""Modbus TCP and RTU: plan, decode, guard, line."""
