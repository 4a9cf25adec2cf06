from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0007_mailings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailing',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('sending', 'being written'), ('sent', 'sent')], default='draft', max_length=10),
        ),
    ]
