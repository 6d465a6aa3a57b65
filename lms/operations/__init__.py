"""Operations: what the site is doing by itself, for who looks after it: background jobs."""
