from tests.web.conftest import garden, unlinked_garden

__all__ = ["garden", "unlinked_garden"]
