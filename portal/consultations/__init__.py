"""Consultations: what was asked, what was advised, and the 处方 that says so."""
