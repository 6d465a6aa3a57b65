"""Auditors: a track's cycles, registers, evidence and certificates, to look at; each look noted."""
