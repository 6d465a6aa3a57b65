"""The broker that carries the ids of jobs to workers, as `LMS_JOBS_URL` names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

PORTS = {"amqp": 5672, "redis": 6379}
_EXAMPLE = (
    "amqp://user:password@rabbitmq.example.it:5672/percorso or redis://redis.example.it:6379/0"
)


@dataclass(frozen=True)
class Broker:
    """RabbitMQ or Redis. `url` holds the password; `shown` is for people and logs."""

    url: str = field(repr=False)
    shown: str

    @property
    def is_redis(self) -> bool:
        """Whether it is Redis (else RabbitMQ)."""
        return self.url.startswith("redis")


def read_broker(url: str) -> Broker:
    """The broker an address names; ValueError tells what is wrong, without the password."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError(f"it must look like {_EXAMPLE}")
    if not parts.hostname:
        raise ValueError(f"it names no host; it must look like {_EXAMPLE}")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("its port is no number from 1 to 65535") from None
    if parts.query or parts.fragment:
        raise ValueError("it takes no options after ? or #")
    if parts.scheme == "redis" and parts.path.strip("/") and not parts.path[1:].isdecimal():
        raise ValueError("after the host Redis takes the number of a database, such as /0")
    return Broker(url, f"{parts.scheme}://{parts.hostname}:{port}{parts.path}")
