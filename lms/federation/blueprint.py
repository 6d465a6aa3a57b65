"""The blueprint of this room; its views stand in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("federation", __name__)
