"""What a plant is: text in, checked model out."""
