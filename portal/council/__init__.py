"""Council: what touches everyone is weighed in the open, and what was decided is followed up."""
