"""The emails of the ladder, of requests and of concerns."""
