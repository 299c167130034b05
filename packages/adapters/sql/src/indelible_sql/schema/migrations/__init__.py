"""The migrations: one linear history, each step naming its design note."""
