"""The lifecycles of the ledger, of payments and of payouts."""
