"""What puts a plant into service: point tables, probing, reading, identifying."""
