"""The naive design's tables: what a first draft of the product would have."""

from django.db import models


class Customer(models.Model):
    source_id = models.CharField(max_length=255, unique=True)
    email = models.CharField(max_length=255, blank=True)


class Event(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    message_id = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=300)
    metadata = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(auto_now_add=True)


class Segment(models.Model):
    name = models.CharField(max_length=255)
    event = models.CharField(max_length=300)
    more_than = models.IntegerField()
    has_distribution = models.BooleanField(default=False)


class Membership(models.Model):
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

    class Meta:
        unique_together = [("segment", "customer")]


class Code(models.Model):
    code = models.CharField(max_length=255, unique=True)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE)
