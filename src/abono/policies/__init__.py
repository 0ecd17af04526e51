"""The five built-in policies, one per kind of business."""
