"""Finds and writes stored documents. Knows neither HTTP nor Django REST Framework, nor any app.

A stored document already has the shape of the response, so a read makes no model instances.
"""
