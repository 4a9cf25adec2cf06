from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self):
        from matching import letters, offer_letters, purposes
        from matching.actions import pairs
        from programs import leaving

        letters.register()
        offer_letters.register()
        purposes.register()
        leaving.register(pairs.ties)
