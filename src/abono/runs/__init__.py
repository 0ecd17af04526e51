"""What time does: billing now; charging, collecting and notifying later. And what a person's act makes happen at once."""
