"""Documents, statements, samples and letters as they stand in the database, made ready for paper."""
