"""Privacy: the notice in versions, one's own data, erasure, legal holds, retention."""
