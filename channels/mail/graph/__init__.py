"""Mail through Microsoft Graph: sending, reading, and what its answers mean."""
