from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self):
        from matching import letters
        from matching.actions import pairs
        from programs import leaving

        letters.register()
        leaving.register(pairs.ties)
