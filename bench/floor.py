"""The floor we compare with: a bare Flask view with one query, on the same server and database."""

from __future__ import annotations

import os

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from sqlalchemy import create_engine, text

app = Flask("floor")
url = os.environ.get("LMS_DATABASE_URL") or f"sqlite:///{os.environ['LMS_DATA']}/percorso.sqlite3"
engine = create_engine(url, **({"module": sqlite} if url.startswith("sqlite") else {}))


@app.get("/")
def one_query() -> str:
    """One row by its key, as text."""
    with engine.connect() as connection:
        title = connection.execute(text("SELECT title FROM cycle WHERE id = 1")).scalar_one()
    return f"<!doctype html><title>{title}</title>"
