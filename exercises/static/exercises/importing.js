"use strict";

/* What the pages for importing do besides what they do without scripts. */
{
    // A form field may have 1 MiB, and a file 16 MiB.
    const LONGEST_TEXT = 900000;
    // Uploading 16 MiB takes long on a slow line.
    const GIVE_UP_MS = 120000;
    const PAUSE_MS = 1000;
    const PATIENCE_MS = 5000;

    const sendAsFile = (form) => {
        const {text, file} = form.elements;
        if (new Blob([text.value]).size > LONGEST_TEXT && !file.files.length) {
            const sent = new DataTransfer();
            sent.items.add(new File([text.value], "Pasted text"));
            file.files = sent.files;
            text.value = "";
        }
    };

    /* Says that the form is being sent, and keeps it from being sent twice. */
    const watch = (form) => {
        const buttons = form.querySelectorAll("[type=submit]");
        const status = document.createElement("p");
        status.className = "import-busy";
        status.setAttribute("role", "status");
        const row = form.querySelector(".submit-row") ?? form;
        row.append(status);

        let isBusy = false;
        let timer;
        const show = (busy) => {
            isBusy = busy;
            status.textContent = busy ? form.dataset.busy : "";
            // A disabled button would not be sent, and loses the focus.
            buttons.forEach((button) => button.setAttribute("aria-disabled", String(busy)));
            clearTimeout(timer);
            timer = busy ? setTimeout(show, GIVE_UP_MS, false) : undefined;
        };
        form.addEventListener("submit", (event) => {
            if (isBusy) {
                event.preventDefault();
                return;
            }
            if (form.id === "import-upload") {
                sendAsFile(form);
            }
            (event.submitter?.closest(".submit-row") ?? row).append(status);
            show(true);
        });
        // The browser's back button may bring the page back as it was left.
        addEventListener("pageshow", () => show(false));
    };

    document.querySelectorAll("form[data-busy]").forEach(watch);

    /* Counts the ticks: those of the other pages, as the server did, and those of this page. */
    const countTicks = (form) => {
        let ticked = Number(form.dataset.ticked);
        form.querySelectorAll("[name=change]").forEach((box) => (ticked += box.checked - box.defaultChecked));
        document.querySelectorAll(".import-ticked").forEach((count) => {
            count.textContent = ticked.toLocaleString("en");
        });
    };

    const preview = document.getElementById("import-preview");
    preview?.addEventListener("change", (event) => {
        if (event.target.name === "change") {
            // Whoever changes a tick wants the ticked changes.
            const choice = preview.querySelector("[name=choice][value=ticked]");
            choice.checked = true;
            countTicks(preview);
        }
    });
    if (preview) {
        // The browser's back button may bring back the ticks.
        addEventListener("pageshow", () => countTicks(preview));
    }

    /* Shows how far the import is, until it is done. */
    const follow = async (state) => {
        for (;;) {
            await new Promise((resume) => setTimeout(resume, PAUSE_MS));
            const page = await load();
            const bar = page?.querySelector("#import-state progress");
            if (bar) {
                state.querySelector("progress").value = bar.value;
                state.querySelector(".import-done").textContent = page.querySelector(".import-done").textContent;
            } else if (page) {
                // It is done, or the curator has been signed out.
                location.reload();
                return;
            }
        }
    };

    const load = async () => {
        try {
            const signal = AbortSignal.timeout(PATIENCE_MS);
            const response = await fetch(location.href, {signal});
            const text = await response.text();
            return response.ok ? new DOMParser().parseFromString(text, "text/html") : null;
        } catch {
            return null;
        }
    };

    const state = document.getElementById("import-state");
    if (state?.querySelector("progress")) {
        follow(state);
    }
}
