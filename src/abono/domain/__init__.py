"""One folder per context, low to high: sellers, customers, catalogue, subscriptions, ledger, invoicing, payments."""
