"""The pages of this room."""

from starlette.routing import BaseRoute

from portal.council import charter_pages, meeting_pages, minutes_pages, motion_pages, paper_pages, vote_pages

routes: list[BaseRoute] = [
    *motion_pages.routes,
    *meeting_pages.routes,
    *vote_pages.routes,
    *minutes_pages.routes,
    *charter_pages.routes,
    *paper_pages.routes,
]
