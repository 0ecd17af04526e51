"""Gateways: who charges saved methods. The port says what one must be able to do; adapters stand beside it."""
