"""The statements of money, beside those that every aggregate has."""
