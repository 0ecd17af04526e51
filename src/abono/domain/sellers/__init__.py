"""Sellers: tenants, their policy versions and their brand."""
