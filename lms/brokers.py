"""The broker that carries the ids of jobs to workers, as `LMS_JOBS_URL` names it.

`amqps://` and `rediss://` speak TLS from the first byte; the broker's certificate is verified.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lms.authorities import authorities

PORTS = {"amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379}
ENCRYPTED = frozenset({"amqps", "rediss"})
_EXAMPLE = (
    "amqp://user:password@rabbitmq.example.it:5672/percorso or redis://redis.example.it:6379/0"
)


@dataclass(frozen=True)
class Broker:
    """RabbitMQ or Redis. `url` holds the password; `shown` is for people and logs.

    `ca`: certificates of those who may vouch for it, where they are not the system's.
    """

    url: str = field(repr=False)
    shown: str
    ca: Path | None = None

    @property
    def is_redis(self) -> bool:
        """Whether it is Redis (else RabbitMQ)."""
        return self.url.startswith("redis")

    @property
    def tls(self) -> dict[str, Any] | None:
        """What Celery hands to the broker's library; None where nothing is encrypted."""
        parts, ca = urlsplit(self.url), str(self.ca) if self.ca else None
        if parts.scheme not in ENCRYPTED:
            return None
        if self.is_redis:
            return {
                "ssl_cert_reqs": "required", "ssl_check_hostname": True, "ssl_ca_certs": ca,
            }  # fmt: skip
        return {
            "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": parts.hostname, "ca_certs": ca,
        }  # fmt: skip


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
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = {"ca"} if parts.scheme in ENCRYPTED else set()
    if parts.fragment or options.keys() - known or (parts.query and not options):
        raise ValueError(
            "it takes no options after ? or #, but ca (a file) for amqps:// and rediss://"
        )
    if (
        parts.scheme.startswith("redis")
        and parts.path.strip("/")
        and not parts.path[1:].isdecimal()
    ):
        raise ValueError("after the host Redis takes the number of a database, such as /0")
    shown = f"{parts.scheme}://{parts.hostname}:{port}{parts.path}"
    return Broker(parts._replace(query="").geturl(), shown, authorities(options.get("ca")))
