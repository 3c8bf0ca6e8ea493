"use strict";

/* Shows the picture whose address is entered. */
{
    const preview = (input) => {
        const box = document.createElement("div");
        box.className = "picture-preview";
        const picture = document.createElement("img");
        picture.alt = "Preview of the picture";
        picture.referrerPolicy = "no-referrer";
        const status = document.createElement("p");
        status.setAttribute("role", "status");
        box.append(picture, status);
        input.closest(".form-row").append(box);

        const show = (isShown, text) => {
            picture.hidden = !isShown;
            status.textContent = text;
        };
        const update = () => {
            const address = input.value.trim();
            const isAddress = /^https:\/\/./i.test(address) || address.startsWith("/media/");
            if (!isAddress) {
                picture.removeAttribute("src");
                show(false, "");
            } else if (picture.getAttribute("src") !== address) {
                show(false, "Loading the picture…");
                picture.src = address;
            }
        };
        picture.addEventListener("load", () => show(true, ""));
        picture.addEventListener("error", () => show(false, "There is no picture at this address."));
        input.addEventListener("change", update);
        addEventListener("pageshow", update);
    };

    const input = document.getElementById("id_gif_url");
    if (input) {
        preview(input);
    }
}
