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
  const articles = [...document.querySelectorAll("article.finding")];
  const levels = [...document.querySelectorAll("button[data-severity]")];
  const wanted = new Set();
  const folds = [...document.querySelectorAll("details.folded")];
  const sift = () => {
    for (const article of articles) article.hidden = wanted.size > 0 && !wanted.has(article.dataset.severity);
    for (const level of levels) level.setAttribute("aria-pressed", String(wanted.has(level.dataset.severity)));
    for (const fold of folds) {
      const left = fold.querySelectorAll("article.finding:not([hidden])").length;
      fold.hidden = left === 0;
      if (wanted.size > 0) fold.open = left > 0;
    }
  };
  for (const level of levels) {
    level.parentElement.hidden = false;
    level.addEventListener("click", () => {
      const severity = level.dataset.severity;
      if (!wanted.delete(severity)) wanted.add(severity);
      sift();
    });
  }
  search.addEventListener("input", apply);
  search.parentElement.hidden = false;

  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place && place.closest("article[hidden]")) {
      wanted.clear();
      sift();
    }
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
