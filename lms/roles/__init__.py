"""Giving and ending roles towards tracks and organisations, with their history."""
