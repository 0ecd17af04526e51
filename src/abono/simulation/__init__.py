"""The test clock: whole days pass through the real runs, in a world that was invented."""
