"""Signing in with an identity provider (OpenID Connect): SPID and CIE brokers, and others."""
