import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("muted", "muted_once"),
        migrations.RenameModel("Muted", "Choice"),
        migrations.AddField("choice", "group", models.CharField(blank=True, default="", max_length=12), preserve_default=False),
        migrations.AddField(
            "choice",
            "how",
            models.CharField(
                choices=[
                    ("at_once", "When they come up"),
                    ("weekly", "Together, on Monday mornings"),
                    ("never", "Not at all"),
                ],
                default="never",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            "choice",
            "person",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="email_choices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "choice", models.UniqueConstraint(fields=("person", "topic", "group"), name="one_choice_each")
        ),
        migrations.AlterField(
            "letter",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("claimed", "waiting, about to be sent"),
                    ("joined", "waiting, goes with another email"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("dead", "not delivered"),
                    ("dropped", "not sent, no longer needed"),
                    ("held", "held back"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            "letter",
            "joined_into",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="joined",
                to="outbox.letter",
            ),
        ),
        migrations.AddIndex(
            "letter", models.Index(fields=["recipient", "state"], name="letters_of_reader")
        ),
        migrations.AddIndex(
            "letter",
            models.Index(condition=models.Q(("state", "sent")), fields=["sent_at"], name="letters_sent_lately"),
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                condition=models.Q(models.Q(("state", "joined"), _negated=True), ("joined_into__isnull", False), _connector="OR"),
                name="what_goes_with_another_names_it",
            ),
        ),
    ]
