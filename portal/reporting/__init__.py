"""Reporting: every figure with its definition, and every figure traceable to its cases."""
