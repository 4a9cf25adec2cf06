"""The real parts that tests run against: PostgreSQL, Redis, an SMTP sink, Chromium, worker processes."""
