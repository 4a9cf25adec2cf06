from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CheckinsConfig(AppConfig):
    name = "checkins"
    verbose_name = _("Check-ins")

    def ready(self):
        from checkins import actions, letters, purposes
        from matching import listeners
        from programs.listeners import on_figures_changed

        letters.register()
        purposes.register()
        listeners.on_opened(actions.opened)
        listeners.on_ended(actions.closed)
        on_figures_changed(actions.figures_changed)
