"""The tables of money: the ledger, payments, the inbox and payouts."""
