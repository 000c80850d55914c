"""The demo: plant, platform and agent as three processes, the live view and the accounting."""
