"""Celery as the scaled engine uses it: it carries numbers of job rows, nothing else (ADR 26)."""

from __future__ import annotations

from typing import Any

from celery import Celery, Task
from celery.worker import state
from flask import Flask
from kombu import Queue

from lms.brokers import Broker
from lms.operations import patience
from lms.operations.lanes import Lane

TASK = "percorso.job"
CONNECT_SECONDS = 4
# After this Redis gives a message that nobody acknowledged to another worker. The row decides
# whether there is work left, and the dispatcher is quicker: it is the last of three nets.
VISIBILITY_SECONDS = 3600


def celery_of(app: Flask, broker: Broker) -> Celery:
    """The Celery application whose one task carries out a job of `app`."""
    celery = Celery("percorso", broker=broker.url, set_as_current=False, fixups=[])
    celery.conf.update(
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_create_missing_queues=False,
        task_default_queue=Lane.REST.queue,
        task_queues=[Queue(lane.queue, routing_key=lane.queue, durable=True) for lane in Lane],
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        broker_use_ssl=broker.tls,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A worker does one thing at a time: it could not answer heartbeats during a long job.
        # Connections that died are found by TCP's own keep-alive.
        broker_heartbeat=0,
        broker_transport_options=_transport_options(broker),
    )

    def carry_out(job_id: int) -> None:
        """Whatever happens, the message is done with: the row tells whether there is work left."""
        with app.app_context():
            patience.work(_shall_end, job_id=job_id)

    celery.task(name=TASK)(carry_out)
    return celery


def task_of(celery: Celery) -> Task:
    """The one task."""
    return celery.tasks[TASK]


def _transport_options(broker: Broker) -> dict[str, Any]:
    if not broker.is_redis:
        return {"confirm_publish": True}  # sent is what RabbitMQ says that it has
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_keepalive": True,
    }


def _shall_end() -> bool:
    """Whether this worker was asked to end: Celery's own flags hold an exit status, also 0."""
    return any(
        asked is not None and asked is not False
        for asked in (state.should_stop, state.should_terminate)
    )
