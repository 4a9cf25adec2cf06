"""The addresses of an import, under those of its program."""

from django.urls import path

from programs.views import imports

import_urls = [
    path("", imports.import_home, name="import"),
    path("<uuid:upload>/", imports.import_one, name="import_one"),
    path("<uuid:upload>/columns/", imports.import_columns, name="import_columns"),
    path("<uuid:upload>/preview/", imports.import_preview, name="import_preview"),
    path("<uuid:upload>/start/", imports.import_start, name="import_start"),
    path("<uuid:upload>/again/", imports.import_again, name="import_again"),
    path("<uuid:upload>/discard/", imports.import_discard, name="import_discard"),
    path("<uuid:upload>/progress/", imports.import_progress, name="import_progress"),
]
