from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Emails")

    def ready(self):
        from outbox import purposes

        purposes.register()
        if settings.EMAIL_PROVIDER:
            from outbox.views import provider

            provider.listen()
