"""Alarm rules and states after ISA-18.2."""
