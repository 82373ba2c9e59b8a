"""Makes what a test needs, with everything not mentioned filled in."""
