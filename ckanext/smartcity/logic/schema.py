"""What the actions take, as navl schemas."""
