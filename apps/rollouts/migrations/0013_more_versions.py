"""Versions of everything programs change, and files of imports that nobody reads in the database."""

from typing import Any

from django.db import migrations, models

import apps.core.fields
from apps.core.fields import fernet

VERSIONED = ("deputy", "readinessitem", "schedulechange", "signoff", "waiver")


def _rewrite(apps: Any, act: Any) -> None:
    drafts = apps.get_model("rollouts", "ImportDraft").objects
    for pk in list(drafts.values_list("pk", flat=True)):  # a file is up to 10 MB: one at a time
        row = drafts.get(pk=pk)
        row.content = act(bytes(row.content))
        row.save(update_fields=["content"])


def seal(apps: Any, schema_editor: Any) -> None:
    _rewrite(apps, fernet().encrypt)


def unseal(apps: Any, schema_editor: Any) -> None:
    _rewrite(apps, fernet().decrypt)


class Migration(migrations.Migration):
    dependencies = [("rollouts", "0012_holiday_calendar")]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="version",
                field=models.PositiveIntegerField(default=1, editable=False),
            )
            for name in VERSIONED
        ),
        migrations.RunPython(seal, unseal),
        migrations.AlterField(
            model_name="importdraft",
            name="content",
            field=apps.core.fields.EncryptedBytesField(),
        ),
    ]
