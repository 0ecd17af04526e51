"""Which gateway charges which means of which seller. Whoever assembles the program registers them here, at the edge."""

from abono.domain.payments.gateways.port import Gateway, Gateways

_registered: dict[tuple[str, str], Gateway] = {}


def register_gateway(*, seller: str, means: str, gateway: Gateway) -> None:
    """Let a gateway charge a means of the seller with this key."""
    _registered[seller, means] = gateway


def gateways_of(*, seller: str) -> Gateways:
    """The seller's gateways by means; empty where nobody charges."""
    return {means: gateway for (key, means), gateway in _registered.items() if key == seller}
