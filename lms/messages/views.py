"""The outbox, for administrators: what left, what did not and why. Never what a letter says."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.config import Settings
from lms.lists import page_of, search_text
from lms.messages import actions, queries
from lms.messages.models import MessageStatus, OutboxMessage
from lms.messages.rules import message_id
from lms.messages.words import answer_in_words, status_in_words, tone_of

blueprint = Blueprint("messages", __name__)
blueprint.add_app_template_filter(status_in_words, "message_status")
blueprint.add_app_template_filter(tone_of, "message_tone")
blueprint.add_app_template_filter(answer_in_words, "message_answer")


@blueprint.get("/posta")
def outbox() -> str:
    """All messages, by address and status."""
    asked, text = request.args.get("status", ""), search_text()
    status = MessageStatus(asked) if asked in set(MessageStatus) else None
    return render_template(
        "messages/outbox.html",
        page=page_of(queries.searched(text, status)),
        text=text,
        status=status,
        statuses=list(MessageStatus),
        counts=queries.counts(),
    )


@blueprint.get("/posta/<int:message_id>")
def message(**_address: int) -> str:
    """One message: how it stands, what the server said, what can be done."""
    shown = access.subject(OutboxMessage)
    settings: Settings = current_app.config["SETTINGS"]
    sender = settings.mail_from
    return render_template(
        "messages/message.html",
        message=shown,
        message_id=message_id(shown.key, sender.domain) if sender else None,
        next_try=queries.next_try(shown),
        may_send_again=actions.may_send_again(shown),
    )


@blueprint.route("/posta/<int:message_id>/riprova", methods=["GET", "POST"])
def send_again(**_address: int) -> str | Response:
    """Queue it once more, after asking."""
    shown, form = access.subject(OutboxMessage), FlaskForm()
    back = redirect(url_for("messages.message", message_id=shown.id), 303)
    if not form.validate_on_submit():
        if not actions.may_send_again(shown):
            return back
        return render_template("messages/send_again.html", message=shown, form=form)
    actions.send_again(shown, by=current_user.person_id)
    flash(_("The message is in the queue again."), "success")
    return back
