"""Certificates of one cycle from one laid-out page: see docs/adr/0024-plates.md."""
