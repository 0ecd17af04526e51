"""What time does, and what a person's act makes happen at once by the same rules."""
