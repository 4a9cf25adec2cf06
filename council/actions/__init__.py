"""Every write that matters to cases, concerns and what participants ask for."""
