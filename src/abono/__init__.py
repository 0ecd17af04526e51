"""Abono: self-hosted subscription billing. See HOUSE.md for the way around."""

__version__ = "0.1.0"
