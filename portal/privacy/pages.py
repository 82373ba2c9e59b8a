"""The pages of this room."""

from starlette.routing import BaseRoute

from portal.privacy import desk_pages, journal_pages, own_pages

routes: list[BaseRoute] = [*own_pages.routes, *desk_pages.routes, *journal_pages.routes]
