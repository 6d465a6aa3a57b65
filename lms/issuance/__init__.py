"""Entitlement, certificates, their verification and revocation."""
