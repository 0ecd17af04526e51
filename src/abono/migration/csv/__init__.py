"""Moving in from CSV files: read, check, plan, write."""
