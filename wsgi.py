"""The application for a WSGI server: `gunicorn wsgi:app`."""

import gc

from lms import create_app, warming

app = create_app()
warming.warm(app)
# What is loaded by now stays for ever: the collector need not walk it in the middle of a request.
gc.collect()
gc.freeze()
