"""Wake-ups and news of commits through RabbitMQ."""
