"""The daemon: pipeline, alarms, uplinks and the command line."""
