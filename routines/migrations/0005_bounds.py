import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routines", "0004_shardable"),
    ]

    operations = [
        migrations.AlterField(
            model_name="routineentry",
            name="weight",
            field=models.FloatField(
                help_text="kilograms",
                validators=[
                    django.core.validators.MinValueValidator(-500),
                    django.core.validators.MaxValueValidator(2000),
                ],
            ),
        ),
    ]
