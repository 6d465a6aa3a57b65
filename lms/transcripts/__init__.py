"""What somebody takes along: their training in all cycles, the lessons they taught."""
