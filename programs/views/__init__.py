"""The coordinators' own pages inside the admin."""
