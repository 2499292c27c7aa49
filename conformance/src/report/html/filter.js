"use strict";
(() => {
  const tiles = [...document.querySelectorAll("button.tile")];
  const rows = [...document.querySelectorAll("tr[data-verdict]")];
  const cells = [...document.querySelectorAll("a.cell")];
  const areas = [...document.querySelectorAll("details.area-list")];
  const open = new Map(areas.map((area) => [area, area.open]));
  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const chosen = new Set();

  const apply = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const active = chosen.size > 0 || words.length > 0;
    const shown = new Set();
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = (chosen.size === 0 || chosen.has(row.dataset.verdict)) && words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) shown.add(row.id);
    }
    for (const cell of cells) cell.classList.toggle("off", !shown.has(cell.hash.slice(1)));
    for (const area of areas) {
      const left = area.querySelectorAll("tr[data-verdict]:not([hidden])").length;
      area.hidden = left === 0;
      area.open = active ? left > 0 : open.get(area);
    }
    for (const tile of tiles) tile.setAttribute("aria-pressed", String(chosen.has(tile.dataset.verdict)));
    count.textContent = active ? `${shown.size} of ${rows.length} clauses` : "";
  };

  for (const tile of tiles) {
    tile.disabled = false;
    tile.addEventListener("click", () => {
      const verdict = tile.dataset.verdict;
      if (!chosen.delete(verdict)) chosen.add(verdict);
      apply();
    });
  }
  search.addEventListener("input", apply);
  search.parentElement.hidden = false;

  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = place && place.closest("details");
    if (!fold) return;
    if (place.hidden) {
      chosen.clear();
      search.value = "";
      apply();
    }
    fold.open = true;
    place.scrollIntoView({ block: place.matches("tr") ? "center" : "start" });
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
