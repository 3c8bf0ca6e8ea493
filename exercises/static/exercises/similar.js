"use strict";

/* Points out probable duplicates while a name is typed. */
{
    const DELAY_MS = 300;

    const linkTo = ({name, url, isArchived}) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = url;
        link.target = "_blank";
        link.textContent = name;
        item.append(link, isArchived ? " (archived)" : "");
        return item;
    };

    const watch = (input, source) => {
        const box = document.createElement("div");
        box.className = "similar-names";
        box.setAttribute("role", "status");
        input.closest(".form-row").append(box);

        const show = (exercises) => {
            box.replaceChildren();
            if (exercises.length) {
                const list = document.createElement("ul");
                list.append(...exercises.map(linkTo));
                box.append("There are similar exercises (they open in a new tab):", list);
            }
        };
        let timer;
        let asked;
        const ask = async () => {
            asked?.abort();
            asked = new AbortController();
            const query = new URLSearchParams({name: input.value, besides: source.dataset.besides});
            try {
                const response = await fetch(`${source.dataset.url}?${query}`, {signal: asked.signal});
                show(response.ok ? (await response.json()).results : []);
            } catch (error) {
                if (error.name !== "AbortError") {
                    show([]);
                }
            }
        };
        input.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(ask, DELAY_MS);
        });
    };

    const input = document.getElementById("id_name");
    const source = document.getElementById("similar-names");
    if (input && source) {
        watch(input, source);
    }
}
