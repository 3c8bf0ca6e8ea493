'use strict';
{
    // How many routines and sessions use each exercise in the list. Counting may take several
    // requests, each of which has an answer for some of the exercises.
    const table = document.getElementById('result_list');
    const cells = new Map();
    table?.querySelectorAll('td.uses').forEach(cell => cells.set(cell.dataset.id, cell));

    async function count() {
        const query = new URLSearchParams([...cells.keys()].map(id => ['id', id]));
        const response = await fetch(`${table.dataset.uses}?${query}`, {redirect: 'error'});
        if (!response.ok) {
            throw new Error(response.statusText);
        }
        for (const [id, uses] of Object.entries(await response.json())) {
            cells.get(id).textContent = uses;
            cells.delete(id);
        }
    }

    async function countAll() {
        table.querySelectorAll('.uses').forEach(cell => { cell.hidden = false; });
        try {
            while (cells.size) {
                await count();
            }
        } catch {
            cells.forEach(cell => { cell.textContent = 'not known'; });
        }
    }

    if (cells.size) {
        countAll();
    }
    if (window.matchMedia('(max-width: 767px)').matches) {
        // They would fill a phone's first screen.
        document.querySelector('.exercise-filters details').open = false;
    }
}
