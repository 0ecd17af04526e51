"""Collecting: what each day does around the due dates of a seller's documents, and what a payment sets free."""
