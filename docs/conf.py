import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402

from plaza_lab.scenarios.output.provenance import version as plaza_version  # noqa: E402

project = "Plaza"
author = "The Plaza founders"
copyright = "The Plaza founders; MIT licence"
version = release = plaza_version()
language = "en-GB"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "reference/generated"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False

html_theme = "furo"
html_title = "Plaza"
html_static_path = ["_static"]
html_css_files = ["plaza.css"]
html_copy_source = False
html_show_sphinx = False


def setup(app):
    app.connect("builder-inited", lambda app: generate.write_pages())
