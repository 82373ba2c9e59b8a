"""A passkey in Chromium: registered on one's own page, then the only thing that signs in."""

from tests.browser.test_offices import enter

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def with_device(page, **more):
    """Give the browser a device that can hold passkeys."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS | more})
    return session, made["authenticatorId"]


async def test_a_passkey_is_registered_and_signs_in_without_a_password(serve, open_page, axe):
    address = await serve("portal.demo:load", host="localhost")
    page = await enter(open_page, address, "dispatcher")
    await page.goto("/me/passkeys")
    assert await axe(page) == []
    # Only now: axe takes its own way to the page, and the device with it when it leaves.
    await with_device(page)
    await page.fill("[name=name]", "办公室电脑")
    await page.click("form[data-passkey] button")
    await page.get_by_text("通行密钥登记好了").wait_for()
    assert await page.get_by_text("办公室电脑", exact=True).is_visible()

    await page.click("header form[action='/sign-out'] button.tool")
    await page.goto("/staff/sign-in?back=/people")
    await page.click("form[data-passkey] button")
    await page.wait_for_url("**/people")


async def test_a_device_that_refuses_leaves_the_password_and_says_so(serve, open_page, axe):
    address = await serve("portal.demo:load", host="localhost")
    page = await open_page(address, "/staff/sign-in")
    assert await axe(page) == []
    await with_device(page, isUserVerified=False)
    await page.click("form[data-passkey] button")
    await page.get_by_text("设备没有给出通行密钥").wait_for()
    assert page.url.endswith("/staff/sign-in")


async def test_at_a_bare_address_and_without_a_script_there_is_no_button_that_does_nothing(serve, open_page):
    bare = await serve("portal.demo:load")
    page = await open_page(bare, "/staff/sign-in")
    assert await page.locator("form[data-passkey]").count() == 0
    named = await serve("portal.demo:load", host="localhost")
    page = await open_page(named, "/staff/sign-in", javascript=False)
    assert not await page.locator("form[data-passkey]").is_visible()
