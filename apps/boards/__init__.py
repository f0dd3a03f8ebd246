"""Work items, the product and delivery boards, their order."""
