"""The rules of the ledger: drafts of movements, and one builder for each kind of movement."""
