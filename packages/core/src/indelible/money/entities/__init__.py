"""Accounts, movements, payments and payouts: their aggregates, records and values."""
