"""Assembly only: settings that bring the parts together."""
