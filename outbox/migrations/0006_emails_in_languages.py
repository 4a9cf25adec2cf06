from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0005_what_came_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='language',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='lettertext',
            name='phrases',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
