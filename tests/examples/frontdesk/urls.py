"""The addresses of the front desk, with Django's own login."""

from django.contrib import admin
from django.urls import path
from tests.examples.frontdesk import views

urlpatterns = (
    path("admin/", admin.site.urls),
    path("tickets/", views.receive),
    path("tickets/waiting/", views.waiting),
    path("tickets/<str:ticket_id>/assign/", views.assign),
    path("tickets/<str:ticket_id>/history/", views.history),
)
