"use strict";
// What pages do without scripts, too, but with less comfort: suggestions and copying.
{
    const PAUSE = 150; // Milliseconds without a key, after which a search begins.

    // Fields of the filters suggest the names that the typed text finds.
    for (const field of document.querySelectorAll("input[list][data-search]")) {
        let timer;
        field.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(() => suggest(field), PAUSE);
        });
    }

    async function suggest(field) {
        const text = field.value.trim();
        const query = new URLSearchParams({search: text.slice(0, 120)});
        const response = await fetch(`${field.dataset.search}?${query}`, {
            headers: {Accept: "application/json"},
        }).catch(() => null);
        if (!response?.ok) {
            return;
        }
        const {results} = await response.json();
        if (text === field.value.trim()) {
            field.list.replaceChildren(...results.map(({name}) => new Option("", name)));
        }
    }

    // Buttons that copy the text of another element.
    for (const button of document.querySelectorAll("[data-copies]")) {
        button.hidden = !navigator.clipboard;
        button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
            button.textContent = "Copied";
        });
    }
}
