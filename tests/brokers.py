"""Real brokers for tests: Redis and RabbitMQ on loopback, in folders of their own, ended by us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kombu import Connection

from lms.brokers import read_broker
from lms.operations.lanes import Lane
from tests.servers import free_port, missing

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class BrokerServer:
    """What both have in common; `url` is what LMS_JOBS_URL takes."""

    url: str

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        """`certificate` (PEM with its key): it speaks TLS only."""
        self.folder, self.port, self.certificate = folder, free_port(), certificate
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError

    def start(self) -> None:
        command, more = self.command()
        self.process = subprocess.Popen(
            command, env={**os.environ, **more}, cwd="/", start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _attempt in range(1200):
            with suppress(Exception), self._connection() as connection:
                connection.ensure_connection(max_retries=1, timeout=1)
                return
            time.sleep(0.05)
        raise RuntimeError(f"{type(self).__name__} did not start")

    def _connection(self) -> Connection:
        broker = read_broker(self.url)
        return Connection(broker.url, ssl=broker.tls, connect_timeout=2)

    def stop(self) -> None:
        """End it at once, with everything it started: what it had not on its disk is gone."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)
            self.process = None

    def wipe(self) -> int:
        """Throw away every message that waits; how many there were."""
        with self._connection() as connection:
            channel = connection.default_channel
            return sum(channel.queue_purge(lane.queue) or 0 for lane in Lane)


class Redis(BrokerServer):
    """Keeps nothing on disk: stopped is wiped."""

    @property
    def url(self) -> str:  # type: ignore[override]
        if self.certificate:
            return f"rediss://127.0.0.1:{self.port}/0?ca={self.certificate}"
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> tuple[list[str], dict[str, str]]:
        options = {
            **self._listens(), "--bind": "127.0.0.1", "--dir": str(self.folder),
            "--save": "", "--appendonly": "no", "--daemonize": "no",
        }  # fmt: skip
        return ["redis-server", *(word for pair in options.items() for word in pair)], {}

    def _listens(self) -> dict[str, str]:
        if not self.certificate:
            return {"--port": str(self.port)}
        pem = str(self.certificate)
        return {
            "--port": "0", "--tls-port": str(self.port), "--tls-auth-clients": "no",
            "--tls-cert-file": pem, "--tls-key-file": pem, "--tls-ca-cert-file": pem,
        }  # fmt: skip


class RabbitMq(BrokerServer):
    """A node of its own, with an epmd of its own; durable messages outlive a stop."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        super().__init__(folder, certificate)
        self.epmd_port = free_port()
        self.epmd: subprocess.Popen[bytes] | None = None
        (folder / "enabled_plugins").write_text("[].\n")
        self.config = folder / "rabbitmq.conf"
        self.config.write_text("\n".join([*self._listens(), "disk_free_limit.absolute = 1MB\n"]))

    def _listens(self) -> list[str]:
        if not self.certificate:
            return [f"listeners.tcp.1 = 127.0.0.1:{self.port}"]
        files = [
            f"ssl_options.{kind}file = {self.certificate}" for kind in ("cert", "key", "cacert")
        ]
        return ["listeners.tcp = none", f"listeners.ssl.1 = 127.0.0.1:{self.port}", *files]

    @property
    def url(self) -> str:  # type: ignore[override]
        if self.certificate:
            return f"amqps://guest:guest@127.0.0.1:{self.port}//?ca={self.certificate}"
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> tuple[list[str], dict[str, str]]:
        folder = str(self.folder)
        return [str(RABBITMQ)], {
            "HOME": folder, "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.config), "RABBITMQ_MNESIA_BASE": folder,
            "RABBITMQ_LOG_BASE": folder, "RABBITMQ_NODENAME": f"percorso{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()), "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
        }  # fmt: skip

    def start(self) -> None:
        if self.epmd is None:
            self.epmd = subprocess.Popen(
                ["epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"], cwd="/",
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        super().start()

    def end(self) -> None:
        if self.epmd:
            self.epmd.kill()
            self.epmd.wait(timeout=20)


@contextmanager
def broker(kind: str, certificate: Path | None = None) -> Iterator[BrokerServer]:
    """A running broker ("redis" or "rabbitmq"), or a skip with its reason."""
    if kind == "redis" and not shutil.which("redis-server"):
        missing("Redis server (apt-get install redis-server)")
    if kind == "rabbitmq" and not RABBITMQ.exists():
        missing("RabbitMQ server (apt-get install rabbitmq-server)")
    folder = Path(tempfile.mkdtemp(prefix=f"percorso-{kind}-"))
    server: BrokerServer = (Redis if kind == "redis" else RabbitMq)(folder, certificate)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        if isinstance(server, RabbitMq):
            server.end()
        shutil.rmtree(folder, ignore_errors=True)
