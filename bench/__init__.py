"""`make bench`: speed as ratios measured in one run, never as a timed test."""
