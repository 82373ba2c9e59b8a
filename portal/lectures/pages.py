"""The pages of this room, those with a fixed word in their address before those with a number."""

from starlette.routing import BaseRoute

from portal.lectures import door_pages, planning_pages, reading_pages, seat_pages

routes: list[BaseRoute] = [
    *planning_pages.routes,
    *door_pages.routes,
    *seat_pages.routes,
    *reading_pages.routes,
]
