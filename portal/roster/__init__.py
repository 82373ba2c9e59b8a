"""Roster: partner firms, their lawyers, the mornings they come and the times that makes."""
