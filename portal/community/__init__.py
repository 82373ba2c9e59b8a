"""Community: street, compound, building, unit, household and grid, and who minds which."""
