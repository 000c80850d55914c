"""What a store proves: read beside whoever writes it, understood, and put into words for an inspector."""
