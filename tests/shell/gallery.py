"""Every component on real pages of a tiny application, without database or rooms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Flask, flash, render_template
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange

from lms import headers, pages
from lms.config import PROJECT_ROOT, Settings

INSTANT = datetime(2027, 1, 12, 13, 30, tzinfo=UTC)
LONG = "Amministrazione condivisa: strumenti collaborativi e procedimenti di co-progettazione"
ERROR_PAGES = (400, 403, 404, 409, 413, 422, 429, 500)
TRACKS = [
    SelectChoice(*pair)
    for pair in (("a", "Co-progettazione"), ("b", "Co-programmazione"), ("c", "Affidamento"))
]
MODES = [SelectChoice(*pair) for pair in (("net", "In rete"), ("place", "In presenza"))]


class EveryField(FlaskForm):
    """One field of each kind; empty, half of them are wrong."""

    kept = HiddenField(default="42")
    name = StringField("Titolo del ciclo", [InputRequired("Scrivi il titolo del ciclo.")])
    email = EmailField(
        "Indirizzo e-mail",
        [InputRequired("Scrivi l'indirizzo.")],
        description="Quello dell'ufficio, per esempio nome@comune.example.it",
    )
    password = PasswordField("Password", [InputRequired("Scrivi la password.")])
    summary = TextAreaField("Descrizione")
    track = SelectField("Percorso", choices=TRACKS)
    mode = RadioField(
        "Modalità",
        [InputRequired("Scegli una modalità.")],
        choices=MODES,
        description="Chi segue da remoto riceve il collegamento il giorno prima.",
    )
    areas = SelectMultipleField("Aree tematiche", choices=TRACKS)
    accepted = BooleanField("Ho letto l'informativa", [InputRequired("Serve il tuo consenso.")])
    day = DateField("Giorno", default=date(2027, 1, 12))
    start = TimeField("Inizio")
    opens = DateTimeLocalField("Apertura delle iscrizioni", format="%Y-%m-%dT%H:%M")
    places = IntegerField("Posti", [NumberRange(1, 6000, "Scrivi un numero da 1 a 6000.")])
    report = FileField("Report della piattaforma", description="CSV, al massimo 20 MB")


def make_gallery(folder: Path, *, signed_in: bool = True, **environ: str) -> Flask:
    """The application; `environ` are settings as the environment would give them."""
    settings = Settings.from_environ(
        {"LMS_ENV": "test", "LMS_DATA": str(folder), "LMS_CONTACT": "ufficio@example.it", **environ}
    )
    app = Flask("gallery", root_path=str(PROJECT_ROOT), static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY="gallery",
        SITE_NAME=settings.site_name,
        ADMINISTRATION=settings.administration,
        DEMO=settings.demo,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_DEFAULT_LOCALE="it",
        BABEL_TRANSLATION_DIRECTORIES=str(PROJECT_ROOT / "translations" / "shell"),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(PROJECT_ROOT / "templates"), FileSystemLoader(Path(__file__).parent)]
    )
    Babel(app, locale_selector=pages.select_locale)
    CSRFProtect(app)
    pages.init_app(app)
    headers.init_app(app)
    headers.serve_static(app)
    user = SimpleNamespace(
        is_authenticated=signed_in, full_name="Persona Dimostrativa", person_id=1
    )
    app.context_processor(lambda: {"current_user": user, "INSTANT": INSTANT, "LONG": LONG})
    app.jinja_env.globals["navigation"] = _navigation
    _routes(app)
    return app


def _navigation() -> list[tuple[str, str, bool]]:
    return [
        ("Cicli", "/", True),
        ("I miei incontri", "/form", False),
        ("Attestati", "/table", False),
        ("Segreteria", "/confirm", False),
    ]


def _routes(app: Flask) -> None:
    home, accounts = Blueprint("home", __name__), Blueprint("accounts", __name__)
    demo = Blueprint("demo", __name__)
    demo.get("/dimostrazione", endpoint="index")(lambda: "")
    home.post("/lingua", endpoint="set_language")(lambda: "")
    accounts.get("/accedi", endpoint="sign_in")(lambda: "")
    accounts.get("/profilo", endpoint="profile")(lambda: "")
    accounts.post("/esci", endpoint="sign_out")(lambda: "")
    for blueprint in (home, accounts, demo):
        app.register_blueprint(blueprint)

    @app.get("/")
    def layout() -> str:
        return render_template("gallery/layout.html")

    @app.get("/messages")
    def messages() -> str:
        for tone in ("success", "info", "warning", "danger"):
            flash(f"Messaggio di prova: {LONG}", tone)
        return render_template("gallery/confirm.html", form=None)

    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        every = EveryField()
        every.validate_on_submit()
        return render_template("gallery/form.html", form=every)

    @app.get("/table")
    def table() -> str:
        listed = [SimpleNamespace(title=f"{LONG} {n}", minutes=90 + n) for n in range(240)]
        page = pages.paginate(listed, pages.page_number(), 8)
        return render_template("gallery/table.html", page=page)

    @app.get("/confirm")
    def confirm() -> str:
        return render_template("gallery/confirm.html", form=EveryField())

    @app.get("/errors/<int:status>")
    def error(status: int) -> tuple[str, int]:
        page = render_template(f"errors/{status}.html", status=status, detail="", reference="A1B2")
        return page, status
