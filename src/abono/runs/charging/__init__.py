"""Charging saved methods: attempts are planned on the due date, sent to their gateways, and followed to their end."""
