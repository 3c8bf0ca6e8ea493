"""Finds and writes stored documents. Knows neither HTTP nor Django REST Framework, nor any app.

A stored document already has the shape of the response, so reading one needs no model instance.
"""
