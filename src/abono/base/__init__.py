"""The ground: values, the PostgreSQL craft, facts. It knows nothing of billing."""
