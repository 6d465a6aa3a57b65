"""The demonstration: a fictional track that says so, with people, registers and certificates."""
