import { strict as assert } from "node:assert";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { FitnessClient, MemoryTokens } from "../src/index.js";
import { hangingAt, losingFirstResponses, onNetwork, pathsOf, problem, respondingFirstWith } from "./network.js";
import { PASSWORD, errorOf, expire, newAccount, pairIn, serviceUrl } from "./users.js";

const REFRESH = "/api/auth/refresh";
const CHANGE_PASSWORD = "/api/auth/password";
const NEW_PASSWORD = { currentPassword: PASSWORD, newPassword: "battery staple 7" };

test("whoever registers is signed in, and may sign in again elsewhere", async () => {
  const { client, email } = await newAccount();
  const elsewhere = new FitnessClient(serviceUrl());

  const user = await elsewhere.logIn({ email, password: PASSWORD });

  assert.equal((await client.get("/api/auth/me")).email, email);
  assert.deepEqual(await elsewhere.get("/api/auth/me"), user);
});

test("an expired access token is refreshed, and the call repeated", async () => {
  const { client, tokens, email } = await newAccount();
  const before = await pairIn(tokens);
  await expire(tokens);

  const user = await client.patch("/api/auth/me", { body: { weightUnit: "lb" } });

  assert.deepEqual([user.email, user.weightUnit], [email, "lb"]);
  assert.notEqual((await pairIn(tokens)).refresh, before.refresh);
});

test("calls that fail together refresh once", async (t) => {
  const { client, tokens } = await newAccount();
  await expire(tokens);
  const sent = onNetwork(t, (request, real) => real(request));

  await Promise.all(Array.from({ length: 8 }, () => client.get("/api/auth/me")));

  assert.equal(pathsOf(sent).filter((path) => path === REFRESH).length, 1);
});

test("a refresh whose response was lost is sent again", async (t) => {
  const { client, tokens } = await newAccount();
  await expire(tokens);
  const sent = losingFirstResponses(t);

  await client.get("/api/auth/me");

  assert.equal(pathsOf(sent).filter((path) => path === REFRESH).length, 2);
  assert.equal((await client.get("/api/auth/sessions")).results.length, 1);
});

for (const [path, call] of [
  [REFRESH, (client: FitnessClient) => client.get("/api/auth/me")],
  [CHANGE_PASSWORD, (client: FitnessClient) => client.changePassword(NEW_PASSWORD)],
] as const) {
  test(`a ${path} that hangs ends, and lets other calls refresh`, async (t) => {
    const { client, tokens, email } = await newAccount();
    await expire(tokens);
    const timeout = new AbortController();
    t.mock.method(AbortSignal, "timeout", () => timeout.signal);
    hangingAt(t, path, () => timeout.abort());

    await assert.rejects(call(client), { name: "AbortError" });
    t.mock.restoreAll();

    assert.equal((await client.get("/api/auth/me")).email, email);
  });
}

test("a sign-in that is over is a 401, and its tokens are forgotten", async () => {
  const { client, tokens, email } = await newAccount();
  const elsewhere = new FitnessClient(serviceUrl());
  await elsewhere.logIn({ email, password: PASSWORD });
  await elsewhere.delete("/api/auth/sessions");
  await expire(tokens);

  const error = await errorOf(client.get("/api/auth/me"));

  assert.equal(error.status, 401);
  assert.equal(await tokens.read(), null);
});

test("a call isn't repeated for somebody who signed in meanwhile", async (t) => {
  const [ann, bob] = [await newAccount(), await newAccount()];
  const bobs = await pairIn(bob.tokens);
  await expire(ann.tokens);
  onNetwork(t, async (request, real) => {
    const response = await real(request);
    await ann.tokens.write(bobs);
    return response;
  });

  const error = await errorOf(ann.client.patch("/api/auth/me", { body: { name: "Ann" } }));

  assert.equal(error.status, 401);
  assert.equal((await bob.client.get("/api/auth/me")).name, null);
});

test("signing out ends the sign-in", async () => {
  const { client, tokens } = await newAccount();
  const kept = new MemoryTokens();
  await kept.write(await pairIn(tokens));

  await client.logOut();

  assert.equal(await tokens.read(), null);
  await expire(kept);
  assert.equal((await errorOf(new FitnessClient(serviceUrl(), kept).get("/api/auth/me"))).status, 401);
});

test("signing out without a network forgets the tokens", async (t) => {
  const { client, tokens } = await newAccount();
  onNetwork(t, () => Promise.reject(new TypeError("network error")));

  await assert.rejects(client.logOut(), TypeError);

  assert.equal(await tokens.read(), null);
});

test("who changes the password stays signed in", async () => {
  const { client, email } = await newAccount();

  await client.changePassword(NEW_PASSWORD);

  assert.equal((await client.get("/api/auth/me")).email, email);
  await new FitnessClient(serviceUrl()).logIn({ email, password: NEW_PASSWORD.newPassword });
});

test("a call that is refused while the password changes waits for the new pair", async (t) => {
  const { client, email } = await newAccount();
  let call: Promise<{ email: string }> | undefined;
  onNetwork(t, async (request, real) => {
    const response = await real(request);
    if (!request.url.endsWith(CHANGE_PASSWORD)) return response;
    t.mock.restoreAll();
    respondingFirstWith(t, problem(401, "sign_in_over"));
    call = client.get("/api/auth/me");
    await setImmediate();
    return response;
  });

  await client.changePassword(NEW_PASSWORD);

  assert.equal((await call)?.email, email);
  assert.equal((await client.get("/api/auth/me")).email, email);
});

test("a password is changed with an expired token too", async () => {
  const { client, tokens, email } = await newAccount();
  await expire(tokens);

  await client.changePassword(NEW_PASSWORD);

  assert.equal((await client.get("/api/auth/me")).email, email);
});

test("an account is deleted even if the response is lost", async (t) => {
  const { client, tokens, email } = await newAccount();
  losingFirstResponses(t);

  await client.deleteAccount(PASSWORD);

  assert.equal(await tokens.read(), null);
  t.mock.restoreAll();
  assert.equal((await errorOf(client.logIn({ email, password: PASSWORD }))).code, "bad_credentials");
});

test("an account isn't taken for deleted because the access token has expired", async (t) => {
  const { client, tokens, email } = await newAccount();
  await expire(tokens);
  respondingFirstWith(t, new Response(null, { status: 502 }));

  await client.deleteAccount(PASSWORD);

  t.mock.restoreAll();
  assert.equal((await errorOf(client.logIn({ email, password: PASSWORD }))).code, "bad_credentials");
});

test("a deleted account can't sign in", async () => {
  const { client, tokens, email } = await newAccount();

  await client.deleteAccount(PASSWORD);

  assert.equal(await tokens.read(), null);
  assert.equal((await errorOf(client.logIn({ email, password: PASSWORD }))).code, "bad_credentials");
});
