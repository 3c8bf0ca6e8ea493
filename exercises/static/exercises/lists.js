"use strict";

/* Turns a text of one item per line into a list of items, with suggestions for the next one.

The text stays in the form, hidden, and is what the form sends. */
{
    const enhance = (text) => {
        const name = document.querySelector(`label[for="${text.id}"]`).textContent.replace(/:\s*$/, "");
        const root = document.createElement("div");
        root.className = "items";
        const list = document.createElement("ul");
        list.setAttribute("aria-label", name);
        const input = document.createElement("input");
        input.type = "text";
        input.className = "vTextField";
        input.autocomplete = "off";
        input.setAttribute("list", text.dataset.inUse);
        for (const attribute of ["aria-describedby", "aria-invalid"]) {
            if (text.hasAttribute(attribute)) {
                input.setAttribute(attribute, text.getAttribute(attribute));
            }
        }
        const add = document.createElement("button");
        add.type = "button";
        add.className = "button";
        add.textContent = "Add";
        add.setAttribute("aria-label", `Add to ${name.toLowerCase()}`);
        const entry = document.createElement("div");
        entry.className = "items-entry";
        entry.append(input, add);
        const status = document.createElement("p");
        status.className = "visually-hidden";
        status.setAttribute("role", "status");
        root.append(list, entry, status);

        // The label now belongs to the input, as its suggestions do.
        input.id = text.id;
        text.removeAttribute("id");
        text.hidden = true;
        text.after(root);

        const items = () => text.value.split("\n").map((line) => line.trim()).filter(Boolean);
        const keep = (kept, said) => {
            text.value = kept.join("\n");
            status.textContent = said;
            draw();
        };
        const remove = (item) => {
            keep(items().filter((other) => other !== item), `${item} removed`);
            input.focus();
        };
        const take = (lines) => {
            const present = items();
            const known = new Set(present.map((item) => item.toLowerCase()));
            const added = lines.map((line) => line.trim()).filter((item) => {
                const isNew = item && !known.has(item.toLowerCase());
                known.add(item.toLowerCase());
                return isNew;
            });
            const said = added.length ? `${added.join(", ")} added` : "Nothing added";
            keep([...present, ...added], input.value ? said : "");
            input.value = "";
        };
        const draw = () => {
            list.replaceChildren(...items().map((item) => {
                const row = document.createElement("li");
                const label = document.createElement("span");
                label.textContent = item;
                const button = document.createElement("button");
                button.type = "button";
                button.textContent = "×";
                button.title = "Remove";
                button.setAttribute("aria-label", `Remove ${item}`);
                button.addEventListener("click", () => remove(item));
                row.append(label, button);
                return row;
            }));
            list.hidden = !list.children.length;
        };

        add.addEventListener("click", () => {
            take([input.value]);
            input.focus();
        });
        input.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                event.preventDefault();  // A second Enter doesn't save a form that isn't finished.
                take([input.value]);
            } else if (event.key === "Backspace" && !input.value && items().length) {
                remove(items().at(-1));
            }
        });
        input.addEventListener("paste", (event) => {
            const lines = event.clipboardData.getData("text").split(/\r?\n/);
            if (lines.length > 1) {
                event.preventDefault();
                take([input.value + lines[0], ...lines.slice(1)]);
            }
        });
        // What was typed and not added is not lost.
        text.form.addEventListener("submit", () => take([input.value]), {capture: true});
        addEventListener("pageshow", draw);
        draw();
    };

    document.querySelectorAll("textarea[data-in-use]").forEach(enhance);
}
