"""The second factor: authenticator apps, passkeys, recovery codes, and the step that asks them."""
