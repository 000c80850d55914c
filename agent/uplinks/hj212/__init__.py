"""HJ 212-2017 over TCP: frames, data areas, the connection, and what a platform may not ask."""
