"""How often something published has changed, counted where every process sees it: what was rendered of an older edition is
rendered anew."""

from tortoise import fields
from tortoise.models import Model


class Edition(Model):
    """The edition of one thing that is published."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80, unique=True)
    count = fields.BigIntField(default=0)

    class Meta:
        table = "edition"
