"""Customers: accounts, billing profiles, contacts, locations, who pays for whom."""
