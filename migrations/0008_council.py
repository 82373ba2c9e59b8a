"""The council: who may vote at which kind of meeting, who was there, stood aside and voted, minutes in versions."""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from portal import schema

# What was decided before is on show since that day.
PUBLISHED = (
    "UPDATE motion SET published_from = {day} WHERE published_from IS NULL AND decided_at IS NOT NULL;"
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0007_marks")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Charter",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "community",
                    fields.ForeignKeyField(
                        "portal.Community",
                        source_field="community_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="charters",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                ("notice_days", fields.IntField()),
                ("quorum_of", fields.IntField()),
                ("quorum_in", fields.IntField()),
                ("pass_of", fields.IntField()),
                ("pass_in", fields.IntField()),
                ("published_days", fields.IntField()),
                ("similar", fields.IntField()),
            ],
            options={
                "table": "charter",
                "app": "portal",
                "unique_together": (("community", "kind"),),
                "pk_attr": "id",
                "table_description": "What one kind of meeting needs to be valid in this community. Without a row the law's own numbers hold (`rules`).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Member",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "community",
                    fields.ForeignKeyField(
                        "portal.Community",
                        source_field="community_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="members",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="person_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="seats",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("name", fields.CharField(max_length=40)),
                ("began_on", fields.DateField()),
                ("ended_on", fields.DateField(null=True)),
            ],
            options={
                "table": "member",
                "app": "portal",
                "pk_attr": "id",
                "table_description": "Somebody who may vote, from `began_on` up to but not including `ended_on`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Attendance",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "meeting",
                    fields.ForeignKeyField(
                        "portal.Meeting",
                        source_field="meeting_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="attendances",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "portal.Member",
                        source_field="member_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="attendances",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("way", fields.CharField(max_length=8)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="attendances_noted",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "attendance",
                "app": "portal",
                "unique_together": (("meeting", "member"),),
                "pk_attr": "id",
                "table_description": "A member takes part in a meeting.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Ballot",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                (
                    "motion",
                    fields.ForeignKeyField(
                        "portal.Motion",
                        source_field="motion_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="ballots",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "portal.Member",
                        source_field="member_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="ballots",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("choice", fields.CharField(max_length=8)),
            ],
            options={
                "table": "ballot",
                "app": "portal",
                "pk_attr": "id",
                "table_description": "One vote. An open one names its member; a secret one has a random id and no time, so that nothing leads to them.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Minutes",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "meeting",
                    fields.ForeignKeyField(
                        "portal.Meeting",
                        source_field="meeting_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="versions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("version", fields.IntField()),
                ("words", fields.TextField(unique=False)),
                ("change", fields.CharField(max_length=200)),
                (
                    "written_by",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="written_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="minutes_written",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "signed_by",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="signed_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="minutes_signed",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("signed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "minutes",
                "app": "portal",
                "unique_together": (("meeting", "version"),),
                "pk_attr": "id",
                "table_description": "纪要 in versions; the one that its chair signed off is the one that is published.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Recusal",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "motion",
                    fields.ForeignKeyField(
                        "portal.Motion",
                        source_field="motion_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="recusals",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "portal.Member",
                        source_field="member_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="recusals",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("reason", fields.CharField(max_length=12)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="recusals_noted",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "recusal",
                "app": "portal",
                "unique_together": (("motion", "member"),),
                "pk_attr": "id",
                "table_description": "回避: a member stands aside from one motion, and counts neither for its quorum nor for its vote.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Voted",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "motion",
                    fields.ForeignKeyField(
                        "portal.Motion",
                        source_field="motion_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="voted",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "portal.Member",
                        source_field="member_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="voted",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("way", fields.CharField(max_length=8)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "portal.Person",
                        source_field="by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="votes_typed",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "voted",
                "app": "portal",
                "unique_together": (("motion", "member"),),
                "pk_attr": "id",
                "table_description": "That a member has voted on a motion, by which way and who typed it in: never what.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Meeting",
            name="charter",
            field=fields.JSONField(
                db_default="{}", encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
        ops.AddField(
            model_name="Meeting",
            name="closes_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Meeting",
            name="kind",
            field=fields.CharField(db_default="council", max_length=10),
        ),
        ops.AddField(
            model_name="Motion",
            name="category",
            field=fields.CharField(db_default="", max_length=20),
        ),
        ops.AddField(
            model_name="Motion",
            name="decision",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Motion",
            name="is_secret",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Motion",
            name="is_suggested",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Motion",
            name="published_from",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Motion",
            name="recused",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Task",
            name="progress",
            field=fields.TextField(db_default="", unique=False),
        ),
        schema.sql(
            sqlite=PUBLISHED.format(day="date(decided_at, '+8 hours')"),
            postgres=PUBLISHED.format(day="CAST(decided_at AT TIME ZONE 'Asia/Shanghai' AS DATE)"),
        ),
    ]
