"""The errors of money, and the registry of payment codes."""
