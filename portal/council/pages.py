"""The pages of this room."""

from starlette.routing import BaseRoute

from portal.council import meeting_pages, motion_pages

routes: list[BaseRoute] = [*motion_pages.routes, *meeting_pages.routes]
