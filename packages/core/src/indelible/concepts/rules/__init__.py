"""Pure functions over concepts, their versions, their history and each other."""
