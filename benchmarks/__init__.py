"""Benchmarks: ratios within one run, because absolute figures of two machines say nothing."""
