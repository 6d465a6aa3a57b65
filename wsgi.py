"""The application for a WSGI server: `gunicorn wsgi:app`."""

import gc

from lms import create_app, warming
from lms.entrance import Entrance

app = create_app()
warming.warm(app)
app.wsgi_app = Entrance(app.wsgi_app)  # type: ignore[method-assign]
# What is loaded by now stays for ever: the collector need not walk it in the middle of a request.
gc.collect()
gc.freeze()
