"""Kept answers are encrypted: one may hold a token that is shown once, or a person's data."""

from django.db import migrations

import apps.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        # They are kept for a day only; those in plain text go now instead of being rewritten.
        migrations.RunSQL("DELETE FROM core_keptanswer", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="keptanswer",
            name="body",
            field=apps.core.fields.EncryptedJSONField(null=True),
        ),
    ]
