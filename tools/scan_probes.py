"""What scanners of web servers try, asked of a running application: paths, methods, headers.

Each function gives a line for each answer that is not as it should be. Raw sockets where a client
library would tidy the request up first.
"""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

# What lies about on servers: sources, secrets, copies, consoles, other people's applications.
PATHS = """
    .env .git/HEAD .git/config .hg/store .svn/entries .DS_Store .htaccess .htpasswd .bash_history
    .ssh/id_rsa .venv/pyvenv.cfg .dockerenv Dockerfile docker-compose.yml Makefile pyproject.toml
    requirements.txt requirements/runtime.txt package.json wsgi.py wsgi.pyc lms/config.py
    migrations/env.py config.py settings.py secret-key encryption-key var/secret-key
    percorso.sqlite3 var/percorso.sqlite3 data/percorso.sqlite3 db.sqlite3 database.sql dump.sql
    backup backup.zip backup.tar.gz percorso.zip site.tar.gz www.zip index.html~ index.php index.bak
    console debug __debug__/ _debugbar phpinfo.php info.php server-status server-info status metrics
    actuator actuator/env manager/html admin admin/ administrator wp-login.php wp-admin/ xmlrpc.php
    phpmyadmin/ adminer.php cgi-bin/test.cgi cgi-bin/ api/ swagger.json openapi.json graphql trace
    static/ static/js/ static/vendor/ static/../wsgi.py uploads/ files/ logs/ tmp/ test/ old/
    crossdomain.xml clientaccesspolicy.xml .well-known/ .well-known/openid-configuration
    login.bak accedi~ accedi.bak accedi.old cicli.zip profilo.json
""".split()  # noqa: SIM905
TRAVERSALS = (
    "/static/../../../../etc/passwd", "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%252f..%252fetc%252fpasswd",
    "/static/..%5c..%5c..%5cetc%5cpasswd", "/static/....//....//....//etc/passwd",
    "/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "/static//etc/passwd", "//etc/passwd",
    "/cicli/..%2f..%2f..%2fetc%2fpasswd", "/static/js/..%00/..%00/etc/passwd",
    "/privacy?version=../../../../etc/passwd", "/static/css/percorso.css%00.txt",
)  # fmt: skip
ENCODINGS = (
    "/%", "/%zz", "/%00", "/cicli/%ff%fe", "/cicli/%f0%9f%98%80", "/cicli?q=%ff", "/cicli?q=%00",
    "/cicli?page=%ff", "/cicli?q[]=1&q[a]=2", "/accedi?next=%0d%0aX-Evil:1", "/;a=b/cicli",
    "/cicli?" + "&".join(f"a{i}=1" for i in range(2000)), "/?<script>alert(1)</script>",
    "/<script>alert(1)</script>", "/cicli/' OR 1=1--", "/{{7*7}}", "/${7*7}",
)  # fmt: skip
METHODS = (
    "TRACE",
    "TRACK",
    "PUT",
    "DELETE",
    "PATCH",
    "CONNECT",
    "PROPFIND",
    "MKCOL",
    "DEBUG",
    "XX",
)
DEMANDED = {
    "content-security-policy": "default-src", "x-content-type-options": "nosniff",
    "referrer-policy": "", "permissions-policy": "", "cross-origin-opener-policy": "same-origin",
}  # fmt: skip
INSIDE = re.compile(
    r"Traceback|werkzeug|sqlalchemy|psycopg|sqlite3\.|jinja2|gunicorn/|Python/\d|/work/|/home/|"
    r"site-packages|root:.*:0:0:|SECRET_KEY|PRIVATE KEY|Index of /", re.IGNORECASE,
)  # fmt: skip
Answer = tuple[int, dict[str, list[str]], str]


def probe(address: str, cookie: str) -> Iterator[str]:
    """Everything, of the application at `address`; `cookie` is of somebody signed in."""
    host = urlsplit(address).netloc
    yield from _paths(host)
    yield from _methods(host, cookie)
    yield from _headers(host, cookie)
    yield from _hosts(host)
    yield from _sizes(host)


def ask(host: str, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """One request, sent as it is written; status 0 where the connection was closed instead."""
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [
        f"{k}: {v}" for k, v in ({"Host": host, "Connection": "close"} | (headers or {})).items()
    ]
    name, _colon, port = host.partition(":")
    with socket.create_connection((name, int(port or 80)), timeout=30) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
        answer = http.client.HTTPResponse(connection, method=method)
        try:
            answer.begin()
            body = answer.read().decode("utf-8", "replace")
        except (http.client.HTTPException, OSError):
            return 0, {}, ""
        found: dict[str, list[str]] = {}
        for key, value in answer.getheaders():
            found.setdefault(key.lower(), []).append(value)
        return answer.status, found, body


def _judge(what: str, answer: Answer) -> Iterator[str]:
    """What no answer may do: be a fault, or tell of the inside."""
    status, headers, body = answer
    if status >= 500:
        yield f"{what}: {status}"
    if "x-evil" in headers:
        yield f"{what}: a header was written by what was typed"
    shown = INSIDE.search(body) or INSIDE.search(str(headers))
    if shown:
        yield f"{what}: tells “{shown.group()}”"


def _paths(host: str) -> Iterator[str]:
    for path in PATHS:
        answer = ask(host, "GET", f"/{path}")
        yield from _judge(f"GET /{path}", answer)
        if answer[0] not in {301, 303, 308, 400, 403, 404, 405}:
            yield f"GET /{path}: {answer[0]}"
    for path in (*TRAVERSALS, *ENCODINGS):
        yield from _judge(f"GET {path[:80]}", ask(host, "GET", path))


def _methods(host: str, cookie: str) -> Iterator[str]:
    for path in ("/", "/accedi", "/profilo", "/static/css/percorso.css"):
        for method in METHODS:
            answer = ask(host, method, path, {"Cookie": cookie, "Content-Length": "0"})
            yield from _judge(f"{method} {path}", answer)
            if answer[0] and answer[0] < 400:
                yield f"{method} {path}: {answer[0]}"
        answer = ask(
            host, "POST", path, {"X-HTTP-Method-Override": "DELETE", "Content-Length": "0"}
        )
        if answer[0] < 400 and answer[0] != 303:
            yield f"POST {path} with another method in a header: {answer[0]}"


def _headers(host: str, cookie: str) -> Iterator[str]:
    for path in ("/", "/accedi", "/profilo", "/nothing-here", "/static/css/percorso.css", "/%zz"):
        what = f"GET {path}"
        answer = ask(host, "GET", path, {"Cookie": cookie} if path == "/profilo" else None)
        headers = answer[1]
        for name, part in DEMANDED.items():
            if part not in " ".join(headers.get(name, [""])) or name not in headers:
                yield f"{what}: header {name} is missing or weak"
        if "x-powered-by" in headers or re.search(r"\d", " ".join(headers.get("server", []))):
            yield f"{what}: names what it is made with: {headers.get('server')}"
        for set_cookie in headers.get("set-cookie", []):
            if not {"httponly", "samesite=lax"} <= {
                p.strip().lower() for p in set_cookie.split(";")
            }:
                yield f"{what}: cookie without its flags: {set_cookie.split('=')[0]}"
        if "access-control-allow-origin" in headers:
            yield f"{what}: opened to other origins"


def _hosts(host: str) -> Iterator[str]:
    """Whether a stranger's host name comes back, by whichever header it is told."""
    evil = "evil.example"
    told: tuple[dict[str, str], ...] = (
        {"Host": evil}, {"Host": f"{host}@{evil}"}, {"X-Forwarded-Host": evil},
        {"X-Forwarded-Server": evil}, {"Forwarded": f"host={evil}"}, {"X-Host": evil},
        {"X-Original-URL": "/persone"}, {"X-Rewrite-URL": "/persone"},
        {"X-Forwarded-Prefix": f"//{evil}"},
    )  # fmt: skip
    for headers in told:
        for path in ("/", "/profilo", "/accedi", "/cicli"):
            answer = ask(host, "GET", path, headers)
            yield from _judge(f"GET {path} with {headers}", answer)
            if evil in answer[2] or evil in str(answer[1]):
                yield f"GET {path} with {headers}: the name comes back"
            if headers.get("Host") and answer[0] < 400:
                yield f"GET {path} with {headers}: {answer[0]}"


def _sizes(host: str) -> Iterator[str]:
    yield from _judge("a long address", ask(host, "GET", "/" + "a" * 3000))
    yield from _judge("an endless address", ask(host, "GET", "/" + "a" * 60_000))
    yield from _judge("a long header", ask(host, "GET", "/", {"X-Long": "a" * 60_000}))
    yield from _judge("many headers", ask(host, "GET", "/", {f"X-{i}": "1" for i in range(500)}))
    yield from _judge("a huge cookie", ask(host, "GET", "/", {"Cookie": "session=" + "a" * 7000}))
    yield from _judge("a false length", ask(host, "POST", "/accedi", {"Content-Length": "-1"}))
    yield from _judge("a huge length", ask(host, "POST", "/accedi", {"Content-Length": "9" * 18}))
