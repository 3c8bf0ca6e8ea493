/* The sign-in form of the docs (docs.js). The tokens are kept in memory alone. */
"use strict";

const SPARE_MS = 30_000; // A token is renewed this long before it expires.

let pair = null;
let renewing = null;

async function post(path, body) {
    const response = await fetch(`/api/auth/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
    });
    const received = response.status === 204 ? null : await response.json();
    if (!response.ok) {
        const message = received.errors?.[0]?.detail ?? received.detail;
        throw Object.assign(new Error(message), { status: response.status });
    }
    return received;
}

function keep(tokens) {
    const { iat, exp } = claimsOf(tokens.access); // Times of the service's clock: the device's may be wrong.
    pair = { ...tokens, renewAt: Date.now() + (exp - iat) * 1000 - SPARE_MS };
}

function claimsOf(token) {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
}

/** Throws if the token can't be renewed: the call must not be sent as the browser's user instead. */
async function accessToken() {
    if (pair && Date.now() > pair.renewAt) {
        renewing ??= renew().finally(() => { renewing = null; });
        await renewing;
    }
    return pair?.access;
}

async function renew() {
    const old = pair;
    try {
        const tokens = await post("refresh", { refresh: old.refresh });
        if (pair !== old) throw new Error("The call wasn't sent: its token is no longer used.");
        keep(tokens);
    } catch (error) {
        if (pair === old) showNotRenewed(error);
        throw error;
    }
}

function showNotRenewed(error) {
    if (error.status === 401) {
        showSignedOut(`The call wasn't sent: ${error.message}`);
    } else {
        say(`The call wasn't sent, because its token can't be renewed: ${error.message} Try again.`, true);
    }
}

/** Calls that are tried out may replace the user's tokens, as a change of the password does. */
function followTokens(response) {
    const { access, refresh } = response.obj ?? {};
    if (pair && access && refresh && claimsOf(access).sub === claimsOf(pair.access).sub) keep({ access, refresh });
    if (pair && response.status === 401) pair.renewAt = 0;
    return response;
}

async function signIn(event) {
    event.preventDefault();
    const form = page["docs-sign-in"];
    try {
        const { user, ...tokens } = await post("login", Object.fromEntries(new FormData(form)));
        keep(tokens);
        form.reset();
        form.hidden = true;
        page["docs-sign-out"].hidden = false;
        page["docs-sign-out"].focus();
        say(`Signed in as ${user.email}. Calls are sent with an access token, which is renewed when it expires.`);
        await useRealIds();
    } catch (error) {
        say(error.message, true);
    }
}

async function signOut() {
    const { refresh } = pair;
    showSignedOut("The token is no longer used.");
    page["docs-sign-in"].elements.email.focus();
    await post("logout", { refresh });
}

function showSignedOut(text) {
    pair = null;
    page["docs-sign-in"].hidden = false;
    page["docs-sign-out"].hidden = true;
    const user = root.dataset.signedIn;
    say(`${text} Calls are now sent ${user ? `as ${user}, who is signed in in this browser` : "without signing in"}.`);
}

function say(text, isError = false) {
    page["docs-status"].textContent = text;
    page["docs-status"].classList.toggle("error", isError);
}
