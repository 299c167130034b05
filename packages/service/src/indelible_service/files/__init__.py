"""Files of the user: how they are read and written, and what is read from them."""
