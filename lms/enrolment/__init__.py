"""Who takes part in a cycle."""
