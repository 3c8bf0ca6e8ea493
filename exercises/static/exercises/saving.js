"use strict";

/* Says that the form is being saved, keeps it from being sent twice, and lets it be sent after the
curator has signed in again. */
{
    // The service has responded by then, or never will. A second save does no harm.
    const GIVE_UP_MS = 20000;

    const watch = (form) => {
        const buttons = form.querySelectorAll(".submit-row input[type=submit]");
        const status = document.createElement("p");
        status.className = "saving";
        status.setAttribute("role", "status");
        form.querySelector(".submit-row").append(status);

        let isSaving = false;
        let timer;
        const show = (saving) => {
            isSaving = saving;
            status.textContent = saving ? "Saving…" : "";
            form.setAttribute("aria-busy", String(saving));
            // A disabled button would not be sent, and loses the focus.
            buttons.forEach((button) => button.setAttribute("aria-disabled", String(saving)));
            clearTimeout(timer);
            timer = saving ? setTimeout(show, GIVE_UP_MS, false) : undefined;
        };

        form.addEventListener("submit", (event) => {
            if (isSaving) {
                event.preventDefault();
            } else if (!event.defaultPrevented) {
                renewToken();
                show(true);
            }
        });
        // Signing in again, in another tab, gives a new one.
        const renewToken = () => {
            const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
            if (token) {
                form.elements.csrfmiddlewaretoken.value = token;
            }
        };
        // The browser's back button may bring the page back as it was left.
        addEventListener("pageshow", () => show(false));
    };

    const form = document.getElementById("exercise_form");
    if (form?.querySelector(".submit-row input[type=submit]")) {
        watch(form);
    }
}
