"""Notifying: which messages should exist and do not yet, and sending those whose time has come."""
