"""Doors to the program: each parses, makes one call and renders."""
