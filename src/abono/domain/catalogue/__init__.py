"""Catalogue: plans, prices, index values."""
