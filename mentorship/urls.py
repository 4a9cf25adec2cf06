"""Every address of the application."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from matching.views import asking, trying
from mentorship import health_views, program_home, views
from mentorship.demo import views as demo
from mentorship.person import views as person
from outbox.views import emails

urlpatterns = [
    path("", views.front, name="front"),
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
    path("deliveryz", health_views.deliveryz, name="deliveryz"),
    path("home/", views.home, name="home"),
    path("design/", views.design, name="design"),
    path("demo/", demo.tour, name="demo"),
    path("demo/<slug:seat>/", demo.sit_down, name="demo_seat"),
    path("available/<uuid:membership>/", asking.available, name="available"),
    path("try/", trying.page, name="try"),
    path("", include("profiles.urls")),
    path("profile/emails/", emails.emails, name="emails"),
    path("accounts/", include("allauth.urls")),
    path("", include("outbox.urls")),
    path("admin/p/", include("programs.urls")),
    path("admin/p/<slug:slug>/", program_home.page, name="program_home"),
    path("admin/p/", include("matching.urls")),
    path("admin/people/", person.people, name="people"),
    path("admin/people/<uuid:person>/", person.person, name="person"),
    path("admin/people/<uuid:person>/seen/", person.seen_as, name="person_seen"),
    path("looked-at/", person.looked_at, name="looked_at"),
    path("", include("matching.choosing_urls")),
    path("", include("checkins.urls")),
    path("", include("surveys.urls")),
    path("", include("council.urls")),
    path("admin/", admin.site.urls),
]
if settings.EMAIL_PROVIDER:
    # Posted to by the mail provider alone, which proves itself by ANYMAIL_WEBHOOK_SECRET or a signature.
    urlpatterns.insert(0, path("provider/", include("anymail.urls")))
