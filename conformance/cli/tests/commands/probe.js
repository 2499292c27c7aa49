"use strict";
// Appended to a copy of the page by the test of the page.
{
  const channels = (color) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => value / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, below) => [0, 1, 2].map((i) => (top[i] * top[3] + below[i] * (255 - top[3])) / 255);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(channels(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  let contrast = 21;
  let worst = "";
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.matches("script") || element.getClientRects().length === 0) continue;
    const text = luminance(channels(getComputedStyle(element).color).slice(0, 3));
    const ground = luminance(behind(element));
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < contrast) {
      contrast = ratio;
      worst = `${element.tagName}.${element.className}`;
    }
  }
  const tile = document.querySelector("button.tile.violated");
  tile.click();
  const shown = document.querySelectorAll("tr[data-verdict]:not([hidden])").length;
  tile.click();
  const search = document.getElementById("search");
  search.value = "LOCK-DEL-003";
  search.dispatchEvent(new Event("input"));
  location.hash = "#LOCK-DEL-003";
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const report = () =>
    parent.postMessage(
      JSON.stringify({
        errors: window.errors,
        dark: luminance(behind(document.body)) < 0.2,
        inner: innerWidth,
        width: document.documentElement.scrollWidth,
        findings: document.querySelectorAll(".finding").length,
        rows: document.querySelectorAll("tr[data-verdict]").length,
        filtered: shown,
        contrast,
        worst,
      }),
      "*",
    );
  setTimeout(report, 200);
}
