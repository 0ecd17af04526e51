"""Ledger: transfers between accounts, append-only."""
