from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self):
        from matching import asking_letters, introduction_letters, letters, offer_letters, purposes
        from matching.actions import asking, pairs
        from programs import leaving, listeners

        for kinds in (letters, asking_letters, offer_letters, introduction_letters):
            kinds.register()
        purposes.register()
        listeners.on_places_offered(asking.hear_yes)
        leaving.register(pairs.ties)
