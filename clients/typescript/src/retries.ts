import { pause } from "./pause.js";
import { problemIn, secondsIn } from "./problem.js";

const MAX_ATTEMPTS = 4;
const FIRST_WAIT_SECONDS = 0.5;
/** Whoever must wait longer is told so by the error. */
const MAX_WAIT_SECONDS = 10;
/** A proxy that got no response itself sends these. */
const LOST_BY_PROXY = [502, 504];
/** These may be sent again although they are POSTs without a key. */
const REPEATABLE_POSTS = /\/api\/auth\/(refresh|logout)$/;

/**
 * Sends a request, and sends it again if there was no response or the service is busy. A POST that
 * would do something twice is sent only once.
 */
export async function fetchWithRetries(request: Request): Promise<Response> {
  let wasLost = false;
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === MAX_ATTEMPTS || !isRepeatable(request);
    const response = await attemptOf(request, isLast);
    if (response && wasLost && (await wasDeleted(request, response))) {
      return new Response(null, { status: 204 });
    }
    wasLost ||= response === null || LOST_BY_PROXY.includes(response.status);
    const wait = (response && secondsIn(response)) ?? backoff(attempt);
    const isFinal = isLast || wait > MAX_WAIT_SECONDS;
    if (response && (isFinal || !(await isTemporary(response)))) return response;
    await response?.body?.cancel();
    await pause(wait, request.signal);
  }
}

/** Null if there was no response. Raises the reason if no attempt follows. */
async function attemptOf(request: Request, isLast: boolean): Promise<Response | null> {
  try {
    const response = await fetch(request.clone());
    await response.clone().arrayBuffer(); // The connection may break in the middle of the body.
    return response;
  } catch (error) {
    if (isLast || request.signal.aborted) throw error;
    return null;
  }
}

function isRepeatable(request: Request): boolean {
  if (request.method !== "POST" || request.headers.has("Idempotency-Key")) return true;
  return REPEATABLE_POSTS.test(new URL(request.url).pathname);
}

/** Whether an earlier attempt at a DELETE succeeded although its response was lost. */
async function wasDeleted(request: Request, response: Response): Promise<boolean> {
  if (request.method !== "DELETE") return false;
  if (response.status === 404) return true;
  // An account's sign-ins end with it. Any other 401 may mean that the access token has expired.
  const isAccount = new URL(request.url).pathname.endsWith("/api/auth/me");
  return isAccount && (await problemIn(response)).code === "sign_in_over";
}

async function isTemporary(response: Response): Promise<boolean> {
  if ([429, 503, ...LOST_BY_PROXY].includes(response.status)) return true;
  return response.status === 409 && (await problemIn(response)).code === "conflict";
}

/** Doubles with each attempt. Chance keeps clients that failed together from returning together. */
function backoff(attempt: number): number {
  return FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (0.5 + Math.random());
}
