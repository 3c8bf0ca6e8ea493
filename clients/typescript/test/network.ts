import { type TestContext } from "node:test";

type Send = (request: Request) => Promise<Response>;

/** Stands between the client and the network during one test: the requests that it has sent. */
export function onNetwork(t: TestContext, send: (request: Request, real: Send) => Promise<Response>) {
  const real = globalThis.fetch;
  const sent: Request[] = [];
  t.mock.method(globalThis, "fetch", (request: Request) => {
    sent.push(request);
    return send(request, real);
  });
  return sent;
}

/** Requests arrive, but the first response to each method and path is lost. */
export function losingFirstResponses(t: TestContext) {
  const lost = new Set<string>();
  return onNetwork(t, async (request, real) => {
    const call = `${request.method} ${request.url}`;
    const response = await real(request);
    if (lost.has(call)) return response;
    lost.add(call);
    throw new TypeError("network error");
  });
}

/** The first request doesn't get further than to `response`. */
export function respondingFirstWith(t: TestContext, response: Response) {
  let isFirst = true;
  return onNetwork(t, async (request, real) => {
    if (!isFirst) return real(request);
    isFirst = false;
    return response;
  });
}

/** The first response breaks off in the middle of its body. */
export function breakingFirstBody(t: TestContext) {
  let isFirst = true;
  return onNetwork(t, async (request, real) => {
    const response = await real(request);
    if (!isFirst) return response;
    isFirst = false;
    const body = new ReadableStream({ pull: (body) => body.error(new TypeError("terminated")) });
    return new Response(body, response);
  });
}

/** Requests to `path` get no response. Each ends when its signal is aborted. */
export function hangingAt(t: TestContext, path: string, onHanging: () => void) {
  return onNetwork(t, (request, real) => {
    if (!request.url.endsWith(path)) return real(request);
    return new Promise((_, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason as Error));
      onHanging();
    });
  });
}

export function problem(status: number, code: string, headers: Record<string, string> = {}) {
  const type = "application/problem+json";
  return Response.json({ code }, { status, headers: { ...headers, "Content-Type": type } });
}

export function pathsOf(requests: Request[]): string[] {
  return requests.map(({ url }) => new URL(url).pathname);
}
