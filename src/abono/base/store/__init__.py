"""The PostgreSQL craft: statements and streams, tenancy, roles, the embedded server, crash points."""
