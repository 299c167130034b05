"""The pure rules of contests: they need neither a transaction nor a clock."""
