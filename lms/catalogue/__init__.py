"""Tracks, cycles, modules and lessons: what is taught, when, where and by whom."""
