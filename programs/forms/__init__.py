"""Forms of a program: input to clean data; an action saves it."""
