/* Swagger UI, with a sign-in form and a filter of our own. */
"use strict";

const page = Object.fromEntries(
    ["docs-sign-in", "docs-sign-out", "docs-status", "docs-filter", "docs-filter-field", "docs-count", "swagger-ui"]
        .map((id) => [id, document.getElementById(id)]),
);
const root = page["swagger-ui"];
const EXAMPLE_IDS = { exerciseId: "exercises", exerciseIds: "exercises", routineId: "routines", routines: "routines" };

let schema, ui;

/* The examples are of another user. Those of bodies and paths name documents of this one, if there are any. */

async function firstId(list) {
    const response = await fetch(`/api/${list}?pageSize=1`, { headers: await credentials() });
    return response.ok ? (await response.json()).results[0]?.id : undefined;
}

async function credentials() {
    const token = await accessToken();
    return token ? { Authorization: `Bearer ${token}` } : {};
}

async function useRealIds() {
    const lists = ["exercises", "routines", "history"];
    const found = await Promise.all(lists.map(firstId));
    const ids = Object.fromEntries(lists.map((list, index) => [list, found[index]]));
    const spec = structuredClone(schema);
    for (const [path, item] of Object.entries(spec.paths)) {
        for (const operation of Object.values(item)) fillIn(operation, path, ids);
    }
    ui.specActions.updateSpec(JSON.stringify(spec));
}

function fillIn(operation, path, ids) {
    const id = operation.parameters?.find((parameter) => parameter.name === "id");
    const known = ids[path.split("/")[2]];
    if (id && known) id.example = known;
    for (const content of Object.values(operation.requestBody?.content ?? {})) {
        for (const example of Object.values(content.examples ?? {})) {
            example.value = withIds(example.value, ids);
        }
    }
}

/** Without ids of documents that this user doesn't have. */
function withIds(value, ids, key = "") {
    if (Array.isArray(value)) return value.map((each) => withIds(each, ids, key));
    if (value !== null && typeof value === "object") {
        const entries = Object.entries(value).map(([name, each]) => [name, withIds(each, ids, name)]);
        return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
    }
    return key in EXAMPLE_IDS ? ids[EXAMPLE_IDS[key]] : value;
}

/* The filter: Swagger UI's own looks at tags alone. */

function matches(operation, words) {
    const text = [
        operation.get("method"),
        operation.get("path"),
        operation.getIn(["operation", "summary"]),
        operation.getIn(["operation", "operationId"]),
    ].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
}

function filterOperations(tags, phrase) {
    const words = phrase.toLowerCase().split(/\s+/).filter(Boolean);
    return tags
        .map((tag) => tag.set("operations", tag.get("operations").filter((each) => matches(each, words))))
        .filter((tag) => tag.get("operations").size > 0);
}

function applyFilter() {
    const text = page["docs-filter"].value.trim();
    ui.layoutActions.updateFilter(text || true);
    requestAnimationFrame(() => {
        const count = root.querySelectorAll(".opblock").length;
        page["docs-count"].textContent = text && (count ? `${count} call${count === 1 ? "" : "s"}` : "No call matches.");
    });
}

/* Names for what Swagger UI leaves without: for screen readers, and for the keyboard. */

const NAMES = {
    ".body-param__text": () => "Body",
    ".examples-select-element": () => "Example",
    "[data-param-name] :is(input, select, textarea)": (field) =>
        field.closest("[data-param-name]").dataset.paramName,
};

function nameAll() {
    for (const [selector, nameOf] of Object.entries(NAMES)) {
        for (const field of root.querySelectorAll(selector)) field.setAttribute("aria-label", nameOf(field));
    }
    for (const scrolling of root.querySelectorAll("pre")) scrolling.tabIndex = 0;
}

/* Swagger UI. */

const OurDocs = ({ React: { createElement } }) => ({
    fn: { opsFilter: filterOperations },
    components: {
        // The page has all else, and its own landmarks.
        Calls: ({ getComponent }) =>
            createElement("div", { className: "swagger-ui" }, createElement(getComponent("operations", true))),
    },
    wrapComponents: {
        // Its link would be in a button. Opening a call changes the address anyway.
        DeepLink: () => ({ text }) => createElement("span", null, text),
        // The page signs in by its own form.
        authorizeOperationBtn: () => () => null,
    },
});

async function addCredentials(request) {
    const token = await accessToken();
    if (token) {
        request.headers.Authorization = `Bearer ${token}`;
    } else if (request.method !== "GET") {
        request.headers["X-CSRFToken"] = root.dataset.csrf; // For the browser's own session.
    }
    return request;
}

function followColorScheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
    dark.addEventListener("change", apply);
    apply();
}

async function showCalls() {
    const response = await fetch(root.dataset.schema);
    if (!response.ok) throw new Error(`The schema: ${response.status}`);
    schema = await response.json();
    new MutationObserver(nameAll).observe(root, { childList: true, subtree: true });
    ui = SwaggerUIBundle({
        spec: schema,
        dom_id: "#swagger-ui",
        presets: [SwaggerUIBundle.presets.apis],
        plugins: [OurDocs],
        layout: "Calls",
        syntaxHighlight: false,
        deepLinking: true,
        filter: true,
        defaultModelsExpandDepth: -1,
        validatorUrl: null,
        requestInterceptor: addCredentials,
        responseInterceptor: followTokens,
    });
}

function showFailure(error) {
    page["docs-count"].textContent = "The calls can't be loaded. Reload the page to try again.";
    root.replaceChildren();
    throw error;
}

async function start() {
    followColorScheme();
    await showCalls().catch(showFailure);
    page["docs-sign-in"].addEventListener("submit", signIn);
    page["docs-sign-out"].addEventListener("click", signOut);
    page["docs-filter"].addEventListener("input", applyFilter);
    page["docs-sign-in"].hidden = page["docs-filter-field"].hidden = false;
    if ("signedIn" in root.dataset) await useRealIds();
}

start();
