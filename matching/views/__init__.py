"""The coordinator's workbench: rules, rounds, pairs."""
