"""The test clock: whole days pass through the real runs."""
