"""The commands of money, and their results."""
