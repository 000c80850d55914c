"""What puts a plant into service: point tables, probing, reading, identifying. Used by the command line only."""
