"""Every pair there is already is watched from now on."""

from django.db import migrations


def watch(apps, schema_editor):
    Pairing = apps.get_model("matching", "Pairing")
    Watch = apps.get_model("checkins", "Watch")
    rows = Pairing.objects.filter(watch=None).order_by("pk").values_list("pk", "state", "began_at", "ended_at")
    Watch.objects.bulk_create(
        (
            Watch(
                pairing_id=pk,
                standing="new" if state == "open" else "ended",
                since=(ended_at or began_at).date(),
                # In the past: the next sweep works out how these pairs stand.
                look_at=began_at if state == "open" else None,
            )
            for pk, state, began_at, ended_at in rows
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("checkins", "0001_initial")]

    operations = [migrations.RunPython(watch, migrations.RunPython.noop)]
