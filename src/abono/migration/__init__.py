"""Moving in: one folder per source."""
