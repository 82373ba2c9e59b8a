"""Conflicts: who stands on which side of what, so that no firm ever serves both."""
