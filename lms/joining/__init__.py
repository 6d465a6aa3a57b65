"""How people come in: registration, invitation, forgotten passwords, new addresses."""
