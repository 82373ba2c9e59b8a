"""The migrations of the small tables."""
