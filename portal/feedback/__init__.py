"""Feedback: what residents raise is taken in at one place, dispatched, answered, and asked about afterwards."""
