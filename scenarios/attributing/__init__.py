"""Attribution: which channel is credited with joins, and which has brought them."""
