"""Statuses of certificates as plain files: what a folder of them holds, and how it is checked."""
