import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0005_shardable"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sessionentry",
            name="sets",
            field=models.IntegerField(
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="sessionentry",
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
