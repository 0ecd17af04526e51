"""Abono: self-hosted subscription billing. See HOUSE.md for the way around."""
