"""Agent and plant together, faster than real time, and the time line of what was raised when."""
