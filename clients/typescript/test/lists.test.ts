import { strict as assert } from "node:assert";
import { test } from "node:test";

import { onNetwork } from "./network.js";
import { newAccount, serviceUrl } from "./users.js";

test("a list goes on to its last page", async () => {
  const { client } = await newAccount();
  const names = async (pageSize: number) => {
    const found = [];
    for await (const exercise of client.list("/api/exercises", { pageSize })) found.push(exercise.name);
    return found;
  };

  const inSmallPages = await names(20);

  assert(inSmallPages.length > 100);
  assert.deepEqual(inSmallPages, await names(100));
});

test("filters hold for every page", async () => {
  const { client } = await newAccount();
  let count = 0;

  for await (const { equipment } of client.list("/api/exercises", { equipment: "barbell", pageSize: 5 })) {
    assert.equal(equipment, "barbell");
    count++;
  }

  assert(count > 5);
});

test("the token goes to the service alone, wherever a link leads", async (t) => {
  const { client } = await newAccount();
  const sent = onNetwork(t, async (request, real) => {
    const page = await (await real(request)).json();
    const next = page.next?.replace(serviceUrl(), "https://elsewhere.example");
    return Response.json({ ...page, next: next ?? null });
  });

  for await (const _ of client.list("/api/exercises", { search: "curl", pageSize: 2 }));

  assert(sent.length > 1);
  assert(sent.every(({ url }) => url.startsWith(serviceUrl())));
});
