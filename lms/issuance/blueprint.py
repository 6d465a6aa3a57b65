"""The room's blueprint: every module of views hangs its addresses on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("issuance", __name__)
