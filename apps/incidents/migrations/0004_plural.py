from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_search")]

    operations = [
        migrations.AlterModelOptions(
            name="category",
            options={
                "ordering": ["programme", "position", "key"],
                "verbose_name_plural": "categories",
            },
        ),
    ]
