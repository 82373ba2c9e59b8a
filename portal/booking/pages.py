"""The pages of this room: the times, the appointment, the waitlist, the morning's queue."""

from starlette.routing import BaseRoute

from portal.booking import (
    appointment_pages,
    arrival_pages,
    change_pages,
    check_pages,
    dropout_pages,
    feed_pages,
    link_pages,
    outcome_pages,
    paper_pages,
    queue_pages,
    screen_pages,
    swap_pages,
    times_pages,
    wait_pages,
)

routes: list[BaseRoute] = [
    *times_pages.routes,
    *queue_pages.routes,
    *screen_pages.routes,
    *arrival_pages.routes,
    *dropout_pages.routes,
    *appointment_pages.routes,
    *change_pages.routes,
    *outcome_pages.routes,
    *link_pages.routes,
    *paper_pages.routes,
    *check_pages.routes,
    *swap_pages.routes,
    *feed_pages.routes,
    *wait_pages.routes,
]
