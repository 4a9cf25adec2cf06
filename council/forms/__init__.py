"""What people type, turned into clean data."""
