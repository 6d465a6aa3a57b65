"""Certificates: data in, PDF bytes out. Knows no web framework, no database and no network."""
