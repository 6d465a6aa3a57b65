"""Registers, reports of webinar platforms, evidence of presence."""
