"""The commands of contests, and their results."""
