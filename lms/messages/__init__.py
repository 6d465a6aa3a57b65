"""Messages: an outbox row written with the change that wants it, mail sent by the worker."""
