from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilConfig(AppConfig):
    name = "council"
    verbose_name = _("Follow-ups")

    def ready(self):
        from checkins import watching
        from council import purposes, tied
        from council.actions import answers, cases, climbing, pausing, wishes
        from council.letters import asks, concerns, decisions, leaves, nudges, requests
        from council.letters import cases as case_letters
        from matching import listeners
        from outbox import kinds
        from surveys import follow_ups, resting

        for letters in (asks, case_letters, concerns, decisions, leaves, nudges, requests):
            letters.register()
        purposes.register()
        kinds.put_under(requests.under)
        watching.on_look(climbing.climb)
        watching.on_contact(cases.settle_by_contact)
        watching.on_contact(answers.hear_of_contact)
        watching.on_missed(climbing.missed_again)
        listeners.on_ended(climbing.pair_ended)
        listeners.on_tied(tied.tied)
        resting.register(pausing.resting)
        follow_ups.register(wishes.came_of)
