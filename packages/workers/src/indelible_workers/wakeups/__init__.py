"""Wake-ups: which stages have due tasks, and the threads that process them."""
