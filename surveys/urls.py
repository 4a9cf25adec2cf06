"""The pulse, for participants and in the admin."""

from django.urls import path

from surveys import views

app_name = "surveys"

urlpatterns = [
    path("pulses/<uuid:invitation>/", views.pulse, name="pulse"),
    path("admin/p/<slug:slug>/pulse/", views.results_page, name="results"),
    path("admin/p/<slug:slug>/pulse/<uuid:invitation>/seen-to/", views.see_to, name="see_to"),
]
