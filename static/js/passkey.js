// A form with data-passkey asks the person's own device: to make a key ("create"), or to show that it has one ("get").
// Without a browser that knows passkeys the form stays hidden; there is always another way in.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const understood = (options) => {
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  };
};

const spoken = ({ id, rawId, type, response, authenticatorAttachment }) => {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response: Object.fromEntries(said),
    authenticatorAttachment,
    clientExtensionResults: {},
  });
};

const ask = async (form) => {
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const publicKey = understood(await answer.json());
  const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.assertion.value = spoken(made);
  form.submit();
};

if (window.PublicKeyCredential)
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-failed]");
      failed.hidden = true;
      form.setAttribute("aria-busy", "true");
      try {
        await ask(form);
      } catch {
        failed.hidden = false;
      }
      form.removeAttribute("aria-busy");
    });
  });
