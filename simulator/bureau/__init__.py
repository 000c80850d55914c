"""The bureau: the municipal platform, as a process of its own."""
