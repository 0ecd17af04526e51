"""Payments: money reported, settled, returned, and what it was allocated to."""
