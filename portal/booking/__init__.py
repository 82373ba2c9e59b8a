"""Booking: residents' claims on the clinic's times, each time claimed once."""
