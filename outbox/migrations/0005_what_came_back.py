from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0004_own_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='provider_id',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='letter',
            name='came_back_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='came back'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='letters_a_provider_knows'),
        ),
    ]
