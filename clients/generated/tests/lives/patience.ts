// A fetch that waits while the service has too much to do, as the service asks.

export async function patientFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const request = input instanceof Request ? input.clone() : input;
    const response = await fetch(request, init);
    if (response.status !== 503 || attempt === 10) return response;
    const seconds = Number(response.headers.get("Retry-After"));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
