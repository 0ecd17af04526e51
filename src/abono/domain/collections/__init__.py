"""Collection: the calendar around a document's due date, what it holds, and what sets a service free again."""
