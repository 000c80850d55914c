"""Drills: faults as real as this machine allows, against a plant's own file, and a verdict to keep."""
