"""Invoicing: requests, invoices, credit notes, receipts, series, tax."""
