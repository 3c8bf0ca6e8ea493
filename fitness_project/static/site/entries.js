"use strict";
// Does in the browser what the buttons of a form ask the server to do: rows are added, removed and
// moved, and an exercise is found, without loading the page again.
{
    const PAUSE = 150; // Milliseconds without a key, after which a search begins.
    const MOST = 20;

    const part = (element, name) => element.querySelector(`[data-part="${name}"]`);
    const rowsIn = (list) => [...list.querySelector(".row-list").children];

    // Rows

    function number(list) {
        rowsIn(list).forEach((row, place) => {
            renumber(row, list.dataset.rows, place);
            part(row, "number").textContent = place + 1;
            for (const hidden of row.querySelectorAll(".row-buttons .visually-hidden")) {
                hidden.textContent = ` row ${place + 1}`;
            }
        });
    }

    function renumber(row, name, place) {
        const old = row.dataset.row;
        row.dataset.row = place;
        const parts = new RegExp(`([-/]|^)${name}([-/])${old}(?=[-/ ]|$)`, "g");
        for (const element of row.querySelectorAll("*")) {
            for (const attribute of element.attributes) {
                if (attribute.name !== "value" || element.matches("button")) {
                    attribute.value = attribute.value.replace(parts, `$1${name}$2${place}`);
                }
            }
        }
    }

    function add(list) {
        const added = list.querySelector("template").content.firstElementChild.cloneNode(true);
        list.querySelector(".row-list").append(added);
        number(list);
        added.querySelectorAll(".reference-field").forEach(searchable);
        added.querySelector("input:not([type=hidden])").focus();
    }

    function remove(list, row) {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        number(list);
        (next?.querySelector("[name=_remove]") ?? list.querySelector("[name=_add]")).focus();
    }

    function move(list, row, button) {
        if (button.name === "_up") {
            row.previousElementSibling?.before(row);
        } else {
            row.nextElementSibling?.after(row);
        }
        number(list);
        button.focus();
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        const list = button?.closest("[data-rows]");
        const row = button?.closest("[data-row]");
        if (!list || !["_add", "_remove", "_up", "_down"].includes(button.name)) {
            return;
        }
        event.preventDefault();
        if (button.name === "_add") {
            add(list);
        } else if (button.name === "_remove") {
            remove(list, row);
        } else {
            move(list, row, button);
        }
    });

    // References: a combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/)

    function searchable(field) {
        const text = part(field, "text");
        const list = document.createElement("ul");
        list.className = "suggestions";
        list.role = "listbox";
        list.hidden = true;
        list.id = `${text.id}-list`;
        list.ariaLabel = "Matches";
        const status = document.createElement("span");
        status.className = "visually-hidden";
        status.role = "status";
        field.append(list, status);
        part(field, "find").hidden = true;
        text.role = "combobox";
        text.ariaAutoComplete = "list";
        text.ariaExpanded = "false";
        text.setAttribute("aria-controls", list.id);
        listen(new Search(field, text, list, status));
    }

    class Search {
        constructor(field, text, list, status) {
            Object.assign(this, {field, text, list, status, sought: 0});
        }

        get options() {
            return [...this.list.children];
        }

        get active() {
            return this.options.findIndex((option) => option.ariaSelected === "true");
        }

        async seek() {
            const turn = ++this.sought;
            const query = new URLSearchParams({search: this.text.value.trim().slice(0, 120), pageSize: MOST});
            const response = await fetch(`${this.field.dataset.search}?${query}`, {
                headers: {Accept: "application/json"},
            }).catch(() => null);
            if (turn !== this.sought) {
                return;
            }
            if (response?.ok) {
                this.show((await response.json()).results);
            } else {
                this.fail(response?.status === 401);
            }
        }

        // The button asks the server, whose page says what to do.
        fail(isSignedOut) {
            this.open(false);
            this.status.textContent = isSignedOut ? "Sign in again" : "The search has failed";
            part(this.field, "find").hidden = false;
        }

        show(found) {
            this.list.replaceChildren(...found.map((each, place) => this.option(each, place)));
            this.open(found.length > 0);
            this.status.textContent = found.length ? `${found.length} matches` : "Nothing matches";
        }

        option({id, name}, place) {
            const option = document.createElement("li");
            option.role = "option";
            option.id = `${this.list.id}-${place}`;
            option.dataset.id = id;
            option.textContent = name;
            option.ariaSelected = "false";
            return option;
        }

        open(isOpen) {
            this.list.hidden = !isOpen;
            this.text.ariaExpanded = String(isOpen);
            this.text.removeAttribute("aria-activedescendant");
        }

        go(step) {
            const {options} = this;
            if (!options.length) {
                return;
            }
            const next = (this.active + step + options.length + (this.active < 0 && step < 0)) % options.length;
            options.forEach((option, place) => option.ariaSelected = String(place === next));
            this.text.setAttribute("aria-activedescendant", options[next].id);
            options[next].scrollIntoView({block: "nearest"});
        }

        choose(option) {
            this.sought++;
            const id = part(this.field, "id");
            if (id.matches("select")) {
                id.replaceChildren(new Option(option.textContent, option.dataset.id, true, true));
            }
            id.value = option.dataset.id;
            this.text.value = part(this.field, "shown").value = option.textContent;
            this.open(false);
            this.status.textContent = `${option.textContent} is chosen`;
        }
    }

    function listen(search) {
        const {text, list} = search;
        let timer;
        text.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(() => search.seek(), PAUSE);
        });
        text.addEventListener("keydown", (event) => onKey(search, event));
        text.addEventListener("blur", () => {
            clearTimeout(timer);
            search.sought++;
            search.open(false);
        });
        list.addEventListener("mousedown", (event) => event.preventDefault()); // The text keeps the focus.
        list.addEventListener("click", (event) => {
            const option = event.target.closest("li");
            if (option) {
                search.choose(option);
            }
        });
    }

    function onKey(search, event) {
        const isOpen = !search.list.hidden;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (isOpen) {
                search.go(event.key === "ArrowDown" ? 1 : -1);
            } else {
                search.seek();
            }
        } else if (event.key === "Escape" && isOpen) {
            event.preventDefault();
            search.open(false);
        } else if (event.key === "Enter" && isOpen && search.active >= 0) {
            event.preventDefault();
            search.choose(search.options[search.active]);
        }
    }

    document.querySelectorAll(".reference-field").forEach(searchable);
}
