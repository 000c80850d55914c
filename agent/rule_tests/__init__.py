"""Tests of rules: the real engine on values that a file writes, without devices and without waiting."""
