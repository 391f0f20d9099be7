"""What gunicorn serves: the portal of the configuration file that CKAN_INI names. Errors go to standard error."""

import os
from logging.config import fileConfig

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

fileConfig(os.environ["CKAN_INI"], disable_existing_loggers=False)
application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
# CKAN fills its tables of actions and permissions at the first request, and threads would find them half filled.
application._wsgi_app.test_client().get("/about")
