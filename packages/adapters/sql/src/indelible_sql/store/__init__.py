"""A store over any contexts: its transactions, and how it commits and retries."""
