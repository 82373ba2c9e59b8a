"""Desk: what awaits each person, first thing."""
