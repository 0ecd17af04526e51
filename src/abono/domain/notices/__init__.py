"""Notices: what is said to customers, to whom, in which language, and whether it left."""
