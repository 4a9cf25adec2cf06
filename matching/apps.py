from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self):
        from matching import asking_letters, letters, offer_letters, purposes
        from matching.actions import asking, pairs
        from programs import leaving, listeners

        letters.register()
        asking_letters.register()
        offer_letters.register()
        purposes.register()
        listeners.on_places_offered(asking.hear_yes)
        leaving.register(pairs.ties)
