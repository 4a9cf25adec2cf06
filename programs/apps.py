from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = "Programs"

    def ready(self):
        from outbox import kinds
        from programs import letters
        from programs.models import Program
        from programs.permissions import topics_of

        letters.register()
        kinds.name_topics_with(Program.objects.name_of_slug)
        kinds.find_topics_with(topics_of)
