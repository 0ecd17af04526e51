"""Subscriptions: contracts, periods, claims, changes."""
