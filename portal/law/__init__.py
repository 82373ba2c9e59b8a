"""Chinese law and practice as facts and sums: no room, no clock, no database, the same answer every time."""
