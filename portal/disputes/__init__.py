"""Disputes: settled where they arise, or passed up with a reason, and never counted as solved when they are not."""
