"""The simulation's copies and scratch databases, on a real server."""
