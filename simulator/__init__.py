"""Plays a plant file's devices and the municipal platform, with physics and faults."""
