"""Organisations (enti): municipalities, regions, third-sector bodies, and their codes."""
