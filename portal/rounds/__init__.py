"""Rounds: one question carried to every door of a grid by its heads."""
