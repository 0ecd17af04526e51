"""Read-only questions; the independent audit."""
