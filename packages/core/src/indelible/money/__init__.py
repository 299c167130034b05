"""Money: charges, a double-entry ledger and payouts."""
