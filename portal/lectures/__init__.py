"""Lectures: the Civil Code told to neighbours, with a seat for everyone who was promised one."""
