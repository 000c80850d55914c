"""The physics of the machines."""
